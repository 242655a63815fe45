using System.Runtime.InteropServices;

namespace Keelson.Linux.Native;

/// <summary>sched.h</summary>
internal static partial class LibC
{
    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static partial int setns(SafeFd fd, int nstype);
}
