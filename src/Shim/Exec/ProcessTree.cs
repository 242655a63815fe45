using System.Buffers.Text;
using System.Globalization;
using Keelson.Linux;

namespace Keelson.Shim.Exec;

/// <summary>
/// Everything a process has started, found by walking /proc: descendants by parent, and members of the session the
/// process leads. An exec's plan makes its process the child subreaper of its descendants, so a daemon that forked
/// twice is still a descendant while the process lives, also inside a pid namespace. A cgroup per exec would do the
/// same at the price of several mkdir and rmdir for every probe; this costs only when a timeout strikes.
/// </summary>
internal sealed class ProcessTree
{
    private const int StatBytes = 512;

    private readonly int _root;
    private Entry[] _entries = new Entry[128];
    private int _count;

    public ProcessTree(int root) => _root = root;

    /// <summary>Sends a signal to every live descendant, not to the root, and gives their number.</summary>
    public int SignalDescendants(int signal)
    {
        Scan();
        MarkDescendants();
        int signalled = 0;
        for (int i = 0; i < _count; i++)
        {
            Entry entry = _entries[i];
            if (!entry.IsInTree || entry.Pid == _root || entry.State is (byte)'Z' or (byte)'X')
            {
                continue;
            }

            using SafeFd? process = PidFd.TryOpen(entry.Pid, out _);

            // The number may have gone to a stranger since the scan; the pidfd fixes it, then its start time tells.
            if (process is not null && TryReadStat(entry.Pid, out Entry now) && now.StartTime == entry.StartTime)
            {
                PidFd.TrySendSignal(process, signal);
                signalled++;
            }
        }

        return signalled;
    }

    internal static bool TryParse(ReadOnlySpan<byte> stat, out Entry entry)
    {
        entry = default;

        // pid (comm) state ppid pgrp session … starttime is field 22. The name may hold spaces and parentheses.
        int close = stat.LastIndexOf((byte)')');
        if (close < 0 || !Utf8Parser.TryParse(stat, out int pid, out _) || stat.Length < close + 4)
        {
            return false;
        }

        entry.Pid = pid;
        entry.State = stat[close + 2];
        ReadOnlySpan<byte> rest = stat[(close + 4)..];
        for (int field = 4; field <= 22; field++)
        {
            if (!Utf8Parser.TryParse(rest, out long value, out int used))
            {
                return false;
            }

            switch (field)
            {
                case 4:
                    entry.Parent = (int)value;
                    break;
                case 6:
                    entry.Session = (int)value;
                    break;
                case 22:
                    entry.StartTime = value;
                    break;
            }

            rest = rest[Math.Min(used + 1, rest.Length)..];
        }

        return true;
    }

    private static bool TryReadStat(int pid, out Entry entry)
    {
        Span<byte> text = stackalloc byte[StatBytes];
        int length = PlainFile.TryReadAll("/proc/" + pid.ToString(CultureInfo.InvariantCulture) + "/stat", text, out _);
        entry = default;
        return length > 0 && TryParse(text[..length], out entry);
    }

    private void Scan()
    {
        _count = 0;
        using SafeFd? proc = PlainFile.TryOpenDirectory("/proc", out _);
        if (proc is null)
        {
            return;
        }

        Span<byte> buffer = stackalloc byte[8192];
        var names = new DirectoryEntries(proc, buffer);
        while (names.MoveNext())
        {
            if (Utf8Parser.TryParse(names.Name, out int pid, out int used) && used == names.Name.Length && TryReadStat(pid, out Entry entry))
            {
                if (_count == _entries.Length)
                {
                    Array.Resize(ref _entries, _count * 2);
                }

                _entries[_count++] = entry;
            }
        }
    }

    /// <summary>Children can have smaller numbers than their parents, so this repeats until nothing new is found.</summary>
    private void MarkDescendants()
    {
        bool found = true;
        while (found)
        {
            found = false;
            for (int i = 0; i < _count; i++)
            {
                ref Entry entry = ref _entries[i];
                if (!entry.IsInTree && (entry.Pid == _root || entry.Session == _root || IsInTree(entry.Parent)))
                {
                    entry.IsInTree = found = true;
                }
            }
        }
    }

    private bool IsInTree(int pid)
    {
        for (int i = 0; i < _count; i++)
        {
            if (_entries[i].Pid == pid)
            {
                return _entries[i].IsInTree;
            }
        }

        return false;
    }

    /// <summary>One process of a scan.</summary>
    internal struct Entry
    {
        public int Pid;
        public int Parent;
        public int Session;
        public byte State;
        public bool IsInTree;
        public long StartTime;
    }
}
