using System.Runtime.InteropServices;

namespace Keelson.Linux.Native;

/// <summary>sys/resource.h</summary>
internal static partial class LibC
{
    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static unsafe partial int prlimit(int pid, int resource, Uapi.rlimit64* new_limit, Uapi.rlimit64* old_limit);
}
