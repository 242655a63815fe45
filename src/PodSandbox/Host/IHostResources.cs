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

    void MountSharedMemory(HostPath directory, long bytes);

    void UnmountSharedMemory(HostPath directory);
}
