namespace Keelson.Linux.Native;

/// <summary>linux/fs.h</summary>
internal static partial class LibC
{
    internal const ulong FS_IOC_GETFLAGS = 0x80086601;
    internal const ulong FS_IOC_SETFLAGS = 0x40086602;
    internal const int FS_IMMUTABLE_FL = 0x10;
    internal const int FS_APPEND_FL = 0x20;
}
