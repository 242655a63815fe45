using Keelson.Linux.Native;

namespace Keelson.Linux;

/// <summary>clock_gettime(2), for a process that has no TimeProvider; both clocks are read without entering the kernel.</summary>
public static class Clock
{
    /// <summary>Nanoseconds since the Unix epoch.</summary>
    public static long RealtimeNanoseconds => Read(LibC.CLOCK_REALTIME);

    /// <summary>Nanoseconds of a clock that never jumps.</summary>
    public static long MonotonicNanoseconds => Read(LibC.CLOCK_MONOTONIC);

    private static unsafe long Read(int clock)
    {
        LibC.timespec time;
        LibC.clock_gettime(clock, &time);
        return (time.tv_sec * 1_000_000_000L) + time.tv_nsec;
    }
}
