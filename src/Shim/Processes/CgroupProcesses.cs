using System.Buffers.Text;
using Keelson.Linux;

namespace Keelson.Shim.Processes;

/// <summary>Signals for everything in a cgroup and the cgroups below it.</summary>
internal static class CgroupProcesses
{
    private const int SigKill = 9;
    private const int MaxDepth = 16;

    /// <summary>
    /// Sends <paramref name="signal"/> to every process and gives how many there were. On cgroup v2 SIGKILL is one
    /// write that also catches what is being forked; elsewhere the caller repeats until nothing is left.
    /// </summary>
    public static int Signal(string cgroup, int signal)
    {
        if (signal == SigKill)
        {
            using SafeFd? kill = PlainFile.TryOpenWrite(cgroup + "/cgroup.kill", out _);
            if (kill is not null && FdIO.Write(kill, "1"u8, out _) == 1)
            {
                return Count(cgroup);
            }
        }

        return SignalTree(cgroup, signal, MaxDepth);
    }

    /// <summary>Whether any process is in it.</summary>
    public static bool Any(string cgroup) => Count(cgroup) > 0;

    private static int Count(string cgroup)
    {
        var pids = new PidList();
        pids.ReadFrom(cgroup);
        return pids.Count;
    }

    private static int SignalTree(string cgroup, int signal, int depth)
    {
        int count = SignalOne(cgroup, signal);
        using SafeFd? directory = PlainFile.TryOpenDirectory(cgroup, out _);
        if (directory is null || depth == 0)
        {
            return count;
        }

        Span<byte> buffer = stackalloc byte[4096];
        var entries = new DirectoryEntries(directory, buffer);
        while (entries.MoveNext())
        {
            if (entries.IsDirectory && entries.Name[0] != (byte)'.')
            {
                count += SignalTree(cgroup + "/" + System.Text.Encoding.UTF8.GetString(entries.Name), signal, depth - 1);
            }
        }

        return count;
    }

    /// <summary>
    /// Opens each process, then looks whether it is still listed: a number that was free for a moment may be a
    /// stranger's by now, and only the pidfd opened before the second look is sure to be the one that is listed.
    /// </summary>
    private static int SignalOne(string cgroup, int signal)
    {
        var first = new PidList();
        first.ReadFrom(cgroup);
        if (first.Count == 0)
        {
            return 0;
        }

        var opened = new SafeFd?[first.Count];
        for (int i = 0; i < first.Count; i++)
        {
            opened[i] = PidFd.TryOpen(first[i], out _);
        }

        var second = new PidList();
        second.ReadFrom(cgroup);
        for (int i = 0; i < first.Count; i++)
        {
            using SafeFd? process = opened[i];
            if (process is not null && second.Contains(first[i]))
            {
                PidFd.TrySendSignal(process, signal);
            }
        }

        return first.Count;
    }

    /// <summary>The numbers in a cgroup.procs file.</summary>
    private struct PidList
    {
        private int[] _pids;

        public int Count { get; private set; }

        public readonly int this[int index] => _pids[index];

        public readonly bool Contains(int pid) => Array.IndexOf(_pids, pid, 0, Count) >= 0;

        public void ReadFrom(string cgroup)
        {
            _pids = [];
            using SafeFd? file = PlainFile.TryOpenRead(cgroup + "/cgroup.procs", out _);
            if (file is null)
            {
                return;
            }

            // A number cut by the end of one read is completed by the next.
            Span<byte> text = stackalloc byte[4096];
            int held = 0;
            int read;
            while ((read = FdIO.Read(file, text[held..], out _)) > 0)
            {
                int length = held + read;
                int used = Parse(text[..length]);
                text[used..length].CopyTo(text);
                held = length - used;
            }
        }

        private int Parse(ReadOnlySpan<byte> text)
        {
            int used = 0;
            int end;
            while ((end = text[used..].IndexOf((byte)'\n')) >= 0)
            {
                if (Utf8Parser.TryParse(text.Slice(used, end), out int pid, out _) && pid > 0)
                {
                    if (Count == _pids.Length)
                    {
                        Array.Resize(ref _pids, Math.Max(16, Count * 2));
                    }

                    _pids[Count++] = pid;
                }

                used += end + 1;
            }

            return used;
        }
    }
}
