using System.Runtime.InteropServices;

namespace Keelson.Linux.Native;

/// <summary>zstd.h, the part that decompresses a stream. A size_t result is a hint, or an error for ZSTD_isError.</summary>
internal static partial class LibZstd
{
    internal const int ZSTD_d_windowLogMax = 100;

    /// <summary>ZSTD_inBuffer</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct ZSTD_inBuffer
    {
        internal byte* src;
        internal nuint size;
        internal nuint pos;
    }

    /// <summary>ZSTD_outBuffer</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct ZSTD_outBuffer
    {
        internal byte* dst;
        internal nuint size;
        internal nuint pos;
    }

    [LibraryImport(Libraries.Zstd)]
    internal static partial nint ZSTD_createDCtx();

    /// <summary>Returns 0 or an error.</summary>
    [LibraryImport(Libraries.Zstd)]
    internal static partial nuint ZSTD_freeDCtx(nint dctx);

    /// <summary>Returns 0 or an error.</summary>
    [LibraryImport(Libraries.Zstd)]
    internal static partial nuint ZSTD_DCtx_setParameter(SafeZstdContext dctx, int param, int value);

    /// <summary>Returns 0 at the end of a frame, else how much more input would help, or an error.</summary>
    [LibraryImport(Libraries.Zstd)]
    internal static unsafe partial nuint ZSTD_decompressStream(SafeZstdContext zds, ZSTD_outBuffer* output, ZSTD_inBuffer* input);

    /// <summary>Returns not 0 for an error.</summary>
    [LibraryImport(Libraries.Zstd)]
    internal static partial uint ZSTD_isError(nuint result);

    /// <summary>Returns a static string.</summary>
    [LibraryImport(Libraries.Zstd)]
    internal static partial nint ZSTD_getErrorName(nuint result);
}
