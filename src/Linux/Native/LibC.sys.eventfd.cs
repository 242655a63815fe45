using System.Runtime.InteropServices;

namespace Keelson.Linux.Native;

/// <summary>sys/eventfd.h</summary>
internal static partial class LibC
{
    internal const int EFD_CLOEXEC = 0x80000;
    internal const int EFD_NONBLOCK = 0x800;

    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static partial int eventfd(uint initval, int flags);
}
