using Keelson.Linux.Native;

namespace Keelson.Linux;

/// <summary>The C library's heap, which the runtime's own structures live in.</summary>
public static class NativeHeap
{
    /// <summary>Returns free pages to the kernel; the allocator by itself keeps what it once had.</summary>
    public static void Trim() => LibC.malloc_trim(0);
}
