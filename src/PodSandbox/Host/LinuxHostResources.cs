using Keelson.Core;
using Keelson.Linux;

namespace Keelson.Sandboxes.Host;

/// <summary>The running kernel.</summary>
internal sealed class LinuxHostResources : IHostResources
{
    private long _last;

    public string BootId { get; } = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();

    public Task CreateNetworkNamespaceAsync(string path, IReadOnlyList<KeyValuePair<string, string>> sysctls) => Task.Run(() =>
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        NetworkNamespace.CreatePinned(path, sysctls);
    });

    public void RemoveNetworkNamespace(string path) => NetworkNamespace.RemovePinned(path);

    public void MountSharedMemory(HostPath directory, long bytes)
    {
        StateDirectory.Make(directory);
        TmpfsMount.MountShared(directory.Value, bytes);
    }

    public void UnmountSharedMemory(HostPath directory) => TmpfsMount.Unmount(directory.Value);

    public long Now()
    {
        long now = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;

        // The kubelet sorts sandboxes by creation time: two of them must differ, also when the clock steps back.
        long last;
        long next;
        do
        {
            last = Interlocked.Read(ref _last);
            next = Math.Max(now, last + 1);
        }
        while (Interlocked.CompareExchange(ref _last, next, last) != last);

        return next;
    }
}
