using System.Runtime.InteropServices;
using Keelson.Linux.Native;

namespace Keelson.Linux;

/// <summary>A pseudo-terminal pair. Whoever holds it owns both ends.</summary>
public readonly struct PseudoTerminal
{
    private PseudoTerminal(SafeFd master, SafeFd slave)
    {
        Master = master;
        Slave = slave;
    }

    /// <summary>Our end.</summary>
    public SafeFd Master { get; }

    /// <summary>The process's end.</summary>
    public SafeFd Slave { get; }

    /// <summary>Makes a pair from the host's /dev/ptmx.</summary>
    /// <exception cref="LinuxException">One of the calls failed.</exception>
    public static PseudoTerminal Create() => Pair(PlainFile.OpenDevice("/dev/ptmx"));

    /// <summary>Makes a pair of the instance that <paramref name="devpts"/> is the mount of, attached or not. Borrowed.</summary>
    /// <exception cref="LinuxException">One of the calls failed.</exception>
    public static unsafe PseudoTerminal CreateIn(SafeFd devpts)
    {
        fixed (byte* name = "ptmx\0"u8)
        {
            // SAFETY: the name is a constant that ends with a NUL.
            int master = LibC.openat(devpts, name, LibC.O_RDWR | LibC.O_NOCTTY | LibC.O_CLOEXEC | LibC.O_NOFOLLOW, 0);
            return master < 0 ? throw LinuxException.FromLastError("openat", "ptmx") : Pair(new SafeFd(master));
        }
    }

    /// <summary>Tells the terminal its size; the foreground process group gets SIGWINCH.</summary>
    public static unsafe Errno TryResize(SafeFd master, ushort rows, ushort columns)
    {
        LibC.winsize size = new() { ws_row = rows, ws_col = columns };
        return LibC.ioctl(master, LibC.TIOCSWINSZ, (nint)(&size)) < 0
            ? (Errno)Marshal.GetLastPInvokeError()
            : Errno.None;
    }

    /// <summary>Takes ownership of the master; the slave is opened by TIOCGPTPEER, so no path is walked (CVE-2025-52565).</summary>
    private static unsafe PseudoTerminal Pair(SafeFd master)
    {
        int unlocked = 0;
        if (LibC.ioctl(master, LibC.TIOCSPTLCK, (nint)(&unlocked)) < 0)
        {
            var failure = LinuxException.FromLastError("ioctl TIOCSPTLCK", "ptmx");
            master.Dispose();
            throw failure;
        }

        int slave = LibC.ioctl(master, LibC.TIOCGPTPEER, LibC.O_RDWR | LibC.O_NOCTTY | LibC.O_CLOEXEC);
        if (slave < 0)
        {
            var failure = LinuxException.FromLastError("ioctl TIOCGPTPEER", "ptmx");
            master.Dispose();
            throw failure;
        }

        return new PseudoTerminal(master, new SafeFd(slave));
    }
}
