using System.Runtime.InteropServices;

namespace Keelson.Linux.Native;

/// <summary>sys/prctl.h</summary>
internal static partial class LibC
{
    internal const int PR_SET_DUMPABLE = 4;
    internal const int PR_SET_NAME = 15;
    internal const int PR_SET_CHILD_SUBREAPER = 36;

    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static partial int prctl(int option, nuint arg2, nuint arg3, nuint arg4, nuint arg5);
}
