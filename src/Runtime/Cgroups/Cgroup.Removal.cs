using Keelson.Core;
using Keelson.Linux;

namespace Keelson.Oci.Cgroups;

/// <content>Killing and removing.</content>
internal sealed partial class Cgroup
{
    private const int SIGKILL = 9;

    // A killed process leaves its group when it has finished exiting, usually within a millisecond.
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(50);

    // rmdir says EBUSY while the kernel still tears down the last process.
    private static readonly TimeSpan RemovalTime = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public async Task KillAllAsync(CancellationToken cancellationToken)
    {
        if (KillDirectory is not HostPath directory)
        {
            return;
        }

        // One write kills the whole tree at once, forks in flight included (Linux 5.14, version 2 only).
        bool atOnce = layout.V2 is not null && CgroupFile.Write(directory, "cgroup.kill", "1") == Errno.None;
        for (TimeSpan pause = FirstPause; ReadProcesses() is { Count: > 0 } left; pause = pause < LongestPause ? pause * 2 : LongestPause)
        {
            if (!atOnce)
            {
                Kill(left);
            }

            await Task.Delay(pause, time, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async Task DeleteAsync(CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        for (TimeSpan pause = FirstPause; !TryRemove(); pause = pause < LongestPause ? pause * 2 : LongestPause)
        {
            if (time.GetElapsedTime(start) > RemovalTime)
            {
                throw new KeelsonException(ErrorKind.FailedPrecondition, $"cgroup '{Path}' stays busy; processes in it: {string.Join(", ", ReadProcesses())}");
            }

            await Task.Delay(pause, time, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public bool TryDelete() => TryRemove();

    private static void Kill(IReadOnlyList<int> pids)
    {
        foreach (int pid in pids)
        {
            // The number is of a member of the group as of now; by pidfd it cannot change hands before the signal.
            using SafeFd? process = PidFd.TryOpen(pid, out _);
            if (process is not null)
            {
                PidFd.TrySendSignal(process, SIGKILL);
            }
        }
    }

    private bool TryRemove()
    {
        bool all = true;
        foreach (CgroupHierarchy hierarchy in _hierarchies)
        {
            // Most often there is nothing below it.
            string top = hierarchy.DirectoryOf(Path).Value;
            if (!RemoveDirectory(top) && Directory.Exists(top))
            {
                foreach (string directory in Descendants(HostPath.Parse(top)))
                {
                    all &= RemoveDirectory(directory);
                }
            }
        }

        return all;
    }

    // Else EBUSY or ENOTEMPTY: the caller tries again.
    private static bool RemoveDirectory(string directory) => PlainFile.TryRemoveDirectory(directory) is Errno.None or Errno.ENOENT;
}
