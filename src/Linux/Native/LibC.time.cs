using System.Runtime.InteropServices;

namespace Keelson.Linux.Native;

/// <summary>time.h</summary>
internal static partial class LibC
{
    internal const int CLOCK_REALTIME = 0;
    internal const int CLOCK_MONOTONIC = 1;

    /// <summary>struct timespec of 64-bit Linux</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct timespec
    {
        internal long tv_sec;
        internal long tv_nsec;
    }

    [LibraryImport(Libraries.LibC)]
    internal static unsafe partial int clock_gettime(int clockid, timespec* tp);
}
