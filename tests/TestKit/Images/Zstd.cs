using System.Runtime.InteropServices;

namespace Keelson.TestKit.Images;

/// <summary>One-shot compression with the system's libzstd.</summary>
public static partial class Zstd
{
    private const string Library = "libzstd.so.1";

    public static byte[] Compress(byte[] data, int level = 3)
    {
        byte[] result = new byte[(int)Native.ZSTD_compressBound((nuint)data.Length)];
        nuint size = Native.ZSTD_compress(result, (nuint)result.Length, data, (nuint)data.Length, level);
        return Native.ZSTD_isError(size) == 0
            ? result[..(int)size]
            : throw new InvalidOperationException("ZSTD_compress failed");
    }

    private static partial class Native
    {
        [LibraryImport(Library)]
        internal static partial nuint ZSTD_compressBound(nuint size);

        [LibraryImport(Library)]
        internal static partial nuint ZSTD_compress(byte[] destination, nuint capacity, byte[] source, nuint size, int level);

        [LibraryImport(Library)]
        internal static partial uint ZSTD_isError(nuint code);
    }
}
