using System.Runtime.InteropServices;

namespace Keelson.Linux.Native;

/// <summary>sys/file.h</summary>
internal static partial class LibC
{
    internal const int LOCK_EX = 2;
    internal const int LOCK_NB = 4;

    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static partial int flock(SafeFd fd, int operation);
}
