using System.Runtime.InteropServices;

namespace Keelson.Linux.Native;

/// <summary>sys/mman.h</summary>
internal static partial class LibC
{
    internal const int PROT_READ = 0x1;
    internal const int PROT_WRITE = 0x2;
    internal const int MAP_SHARED = 0x1;
    internal const int MAP_PRIVATE = 0x2;
    internal const int MAP_ANONYMOUS = 0x20;
    internal const int MREMAP_MAYMOVE = 0x1;
    internal const int MADV_DONTNEED = 4;

    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static unsafe partial void* mmap(void* addr, nuint length, int prot, int flags, int fd, long offset);

    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static unsafe partial int munmap(void* addr, nuint length);

    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static unsafe partial void* mremap(void* old_address, nuint old_size, nuint new_size, int flags);

    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static unsafe partial int madvise(void* addr, nuint length, int advice);
}
