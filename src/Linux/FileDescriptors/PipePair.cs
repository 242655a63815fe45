using Keelson.Linux.Native;

namespace Keelson.Linux;

/// <summary>The two ends of a pipe(7). Whoever holds the pair owns both ends.</summary>
public readonly struct PipePair
{
    private PipePair(SafeFd read, SafeFd write)
    {
        Read = read;
        Write = write;
    }

    /// <summary>The end data comes out of.</summary>
    public SafeFd Read { get; }

    /// <summary>The end data goes into.</summary>
    public SafeFd Write { get; }

    /// <summary>Makes a blocking pipe, both ends close-on-exec.</summary>
    /// <exception cref="LinuxException">pipe2 failed.</exception>
    public static unsafe PipePair Create()
    {
        int* ends = stackalloc int[2];
        return LibC.pipe2(ends, LibC.O_CLOEXEC) < 0
            ? throw LinuxException.FromLastError("pipe2", string.Empty)
            : new PipePair(new SafeFd(ends[0]), new SafeFd(ends[1]));
    }
}
