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

    /// <summary>Makes a pair from /dev/ptmx; the slave is opened by TIOCGPTPEER, so no path is walked (CVE-2025-52565).</summary>
    /// <exception cref="LinuxException">One of the calls failed.</exception>
    public static unsafe PseudoTerminal Create()
    {
        SafeFd master = PlainFile.OpenDevice("/dev/ptmx");
        int unlocked = 0;
        if (LibC.ioctl(master, LibC.TIOCSPTLCK, (nint)(&unlocked)) < 0)
        {
            var failure = LinuxException.FromLastError("ioctl TIOCSPTLCK", "/dev/ptmx");
            master.Dispose();
            throw failure;
        }

        int slave = LibC.ioctl(master, LibC.TIOCGPTPEER, LibC.O_RDWR | LibC.O_NOCTTY | LibC.O_CLOEXEC);
        if (slave < 0)
        {
            var failure = LinuxException.FromLastError("ioctl TIOCGPTPEER", "/dev/ptmx");
            master.Dispose();
            throw failure;
        }

        return new PseudoTerminal(master, new SafeFd(slave));
    }

    /// <summary>Tells the terminal its size; the foreground process group gets SIGWINCH.</summary>
    public static unsafe Errno TryResize(SafeFd master, ushort rows, ushort columns)
    {
        LibC.winsize size = new() { ws_row = rows, ws_col = columns };
        return LibC.ioctl(master, LibC.TIOCSWINSZ, (nint)(&size)) < 0
            ? (Errno)System.Runtime.InteropServices.Marshal.GetLastPInvokeError()
            : Errno.None;
    }
}
