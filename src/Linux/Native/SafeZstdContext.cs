using Microsoft.Win32.SafeHandles;

namespace Keelson.Linux.Native;

/// <summary>A ZSTD_DCtx, freed when disposed.</summary>
internal sealed class SafeZstdContext : SafeHandleZeroOrMinusOneIsInvalid
{
    internal SafeZstdContext(nint context)
        : base(ownsHandle: true)
    {
        SetHandle(context);
    }

    protected override bool ReleaseHandle() => LibZstd.ZSTD_isError(LibZstd.ZSTD_freeDCtx(handle)) == 0;
}
