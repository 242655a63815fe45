using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Keelson.Core;
using Keelson.Linux;
using Keelson.Sandboxes.Stats;

namespace Keelson.Sandboxes.Host;

/// <summary>The running kernel.</summary>
internal sealed class LinuxHostResources : IHostResources
{
    // Some thirty interfaces; a pod has two.
    private const int UsualBytes = 4096;

    private long _last;

    public string BootId { get; } = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();

    public Task CreateNetworkNamespaceAsync(string path, IReadOnlyList<KeyValuePair<string, string>> sysctls) => Task.Run(() =>
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        NetworkNamespace.CreatePinned(path, sysctls);
    });

    public void RemoveNetworkNamespace(string path) => NetworkNamespace.RemovePinned(path);

    public ImmutableArray<InterfaceCounters> ReadInterfaces(int pid, string path)
    {
        // No thread enters the namespace: procfs shows the one of the process that the path names.
        string? text = TryRead(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/net/dev"));

        // The number may be another process's by now, and what was read another namespace's: so asked afterwards.
        return text is not null && NetworkNamespace.HasMember(path, pid) ? InterfaceTable.Parse(text) : [];
    }

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

    private static string? TryRead(string path)
    {
        // Read anew with more room where the text fills the buffer: the kernel makes it up at every reading.
        for (int size = UsualBytes; ; size *= 2)
        {
            byte[] buffer = new byte[size];
            int length = PlainFile.TryReadAll(path, buffer, out _);
            if (length < size)
            {
                return length < 0 ? null : Encoding.ASCII.GetString(buffer, 0, length);
            }
        }
    }
}
