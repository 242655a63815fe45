using System.Collections.Immutable;
using Keelson.Core;

namespace Keelson.Sandboxes.Host;

/// <summary>What of the kernel a sandbox takes beside processes. Every removal is repeatable.</summary>
internal interface IHostResources : IHostResourcesClock
{
    /// <summary>Of this boot; another one means that every process and namespace is gone.</summary>
    string BootId { get; }

    /// <summary>Makes a pinned network namespace with loopback up and the sysctls (slash form) set.</summary>
    Task CreateNetworkNamespaceAsync(string path, IReadOnlyList<KeyValuePair<string, string>> sysctls);

    void RemoveNetworkNamespace(string path);

    /// <summary>
    /// The interfaces of the namespace pinned at <paramref name="path"/>, of which process <paramref name="pid"/> is a
    /// member; empty when it is none any more.
    /// </summary>
    ImmutableArray<InterfaceCounters> ReadInterfaces(int pid, string path);

    void MountSharedMemory(HostPath directory, long bytes);

    void UnmountSharedMemory(HostPath directory);
}
