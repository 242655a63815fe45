using Keelson.Linux.Native;

namespace Keelson.Linux;

/// <summary>prctl(2) settings of the calling process.</summary>
public static class ProcessAttributes
{
    /// <summary>Orphaned descendants become children of this process instead of init's.</summary>
    /// <exception cref="LinuxException">prctl failed.</exception>
    public static void BecomeChildSubreaper() => Set(LibC.PR_SET_CHILD_SUBREAPER, 1, "prctl PR_SET_CHILD_SUBREAPER");

    /// <summary>Closes /proc/PID/{exe,mem,fd} of this process, and of a child before its execve, to everyone but root of the host.</summary>
    /// <exception cref="LinuxException">prctl failed.</exception>
    public static void BecomeUndumpable() => Set(LibC.PR_SET_DUMPABLE, 0, "prctl PR_SET_DUMPABLE");

    /// <summary>
    /// What the process list shows of the calling thread, at most 15 bytes; of the main thread it is the process's command.
    /// A thread's managed name gets there with CoreCLR only.
    /// </summary>
    /// <exception cref="LinuxException">prctl failed.</exception>
    public static unsafe void SetName(ReadOnlySpan<byte> name)
    {
        // SAFETY: prctl copies at most 16 bytes; a longer name is cut before it can run past the buffer's NUL.
        Span<byte> text = stackalloc byte[16];
        text.Clear();
        name[..Math.Min(name.Length, 15)].CopyTo(text);
        fixed (byte* start = text)
        {
            Set(LibC.PR_SET_NAME, (nuint)start, "prctl PR_SET_NAME");
        }
    }

    /// <summary>The file mode creation mask.</summary>
    public static void SetUmask(uint mask) => LibC.umask(mask);

    /// <summary>The highest value this process may give the resource limit <paramref name="resource"/> (RLIMIT_*), its own or a child's.</summary>
    /// <exception cref="LinuxException">No such limit.</exception>
    public static unsafe ulong HardLimit(int resource)
    {
        Uapi.rlimit64 limit;
        return LibC.prlimit(0, resource, null, &limit) < 0 ? throw LinuxException.FromLastError("prlimit", string.Empty) : limit.rlim_max;
    }

    /// <summary>The effective user id.</summary>
    public static uint EffectiveUserId => LibC.geteuid();

    private static void Set(int option, nuint value, string name)
    {
        if (LibC.prctl(option, value, 0, 0, 0) < 0)
        {
            throw LinuxException.FromLastError(name, string.Empty);
        }
    }
}
