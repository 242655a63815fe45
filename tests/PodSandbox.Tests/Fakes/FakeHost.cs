using System.Collections.Concurrent;
using System.Collections.Immutable;
using Keelson.Core;
using Keelson.Sandboxes;
using Keelson.Sandboxes.Host;

namespace Keelson.PodSandbox.Tests.Fakes;

/// <summary>A kernel that remembers what was asked of it.</summary>
internal sealed class FakeHost : IHostResources
{
    private long _now = 1_700_000_000_000_000_000;

    public string BootId { get; set; } = "boot-1";

    internal ConcurrentDictionary<string, IReadOnlyList<KeyValuePair<string, string>>> Namespaces { get; } = new();

    internal ConcurrentDictionary<string, long> SharedMemories { get; } = new();

    internal bool RefuseNamespaceRemoval { get; set; }

    internal bool RefuseNamespaces { get; set; }

    /// <summary>Awaited after a namespace is there and before anyone is told.</summary>
    internal Func<Task> AfterNamespace { get; set; } = () => Task.CompletedTask;

    public Task CreateNetworkNamespaceAsync(string path, IReadOnlyList<KeyValuePair<string, string>> sysctls)
    {
        if (RefuseNamespaces)
        {
            return Task.FromException(new KeelsonException(ErrorKind.Internal, $"unshare CLONE_NEWNET '{path}': no (errno 1)"));
        }

        Namespaces[path] = sysctls;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, string.Empty);
        return AfterNamespace();
    }

    public void RemoveNetworkNamespace(string path)
    {
        if (RefuseNamespaceRemoval)
        {
            throw new KeelsonException(ErrorKind.Internal, $"umount2 '{path}': no (errno 16)");
        }

        Namespaces.TryRemove(path, out _);
        if (File.Exists(path))
        {
            File.Delete(path);
        }
    }

    /// <summary>By path of the namespace.</summary>
    internal ConcurrentDictionary<string, ImmutableArray<InterfaceCounters>> Interfaces { get; } = new();

    public ImmutableArray<InterfaceCounters> ReadInterfaces(int pid, string path) => Interfaces.GetValueOrDefault(path, []);

    public void MountSharedMemory(HostPath directory, long bytes)
    {
        StateDirectory.Make(directory);
        SharedMemories[directory.Value] = bytes;
    }

    public void UnmountSharedMemory(HostPath directory) => SharedMemories.TryRemove(directory.Value, out _);

    public long Now() => Interlocked.Increment(ref _now);
}
