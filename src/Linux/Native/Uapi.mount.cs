using System.Runtime.InteropServices;

namespace Keelson.Linux.Native;

/// <summary>linux/mount.h, linux/openat2.h and the flags of linux/fcntl.h that go with them</summary>
internal static partial class Uapi
{
    internal const long MS_RDONLY = 1;
    internal const long MS_REC = 0x4000;
    internal const long MS_UNBINDABLE = 1 << 17;
    internal const long MS_PRIVATE = 1 << 18;
    internal const long MS_SLAVE = 1 << 19;
    internal const long MS_SHARED = 1 << 20;
    internal const int MNT_DETACH = 2;

    internal const int FSOPEN_CLOEXEC = 1;
    internal const int FSMOUNT_CLOEXEC = 1;
    internal const int FSCONFIG_SET_FLAG = 0;
    internal const int FSCONFIG_SET_STRING = 1;
    internal const int FSCONFIG_CMD_CREATE = 6;

    internal const int OPEN_TREE_CLONE = 1;
    internal const int OPEN_TREE_CLOEXEC = 0x80000;
    internal const int MOVE_MOUNT_F_EMPTY_PATH = 0x4;
    internal const int MOVE_MOUNT_T_EMPTY_PATH = 0x40;

    internal const ulong MOUNT_ATTR_RDONLY = 0x1;
    internal const ulong MOUNT_ATTR_NOSUID = 0x2;
    internal const ulong MOUNT_ATTR_NODEV = 0x4;
    internal const ulong MOUNT_ATTR_NOEXEC = 0x8;
    internal const ulong MOUNT_ATTR__ATIME = 0x70;
    internal const ulong MOUNT_ATTR_RELATIME = 0x0;
    internal const ulong MOUNT_ATTR_NOATIME = 0x10;
    internal const ulong MOUNT_ATTR_STRICTATIME = 0x20;
    internal const ulong MOUNT_ATTR_NODIRATIME = 0x80;
    internal const ulong MOUNT_ATTR_NOSYMFOLLOW = 0x200000;

    internal const int AT_FDCWD = -100;
    internal const int AT_SYMLINK_NOFOLLOW = 0x100;
    internal const int AT_EMPTY_PATH = 0x1000;
    internal const int AT_RECURSIVE = 0x8000;
    internal const int O_PATH = 0x200000;

    internal const ulong RESOLVE_NO_XDEV = 0x01;
    internal const ulong RESOLVE_NO_MAGICLINKS = 0x02;
    internal const ulong RESOLVE_NO_SYMLINKS = 0x04;
    internal const ulong RESOLVE_BENEATH = 0x08;
    internal const ulong RESOLVE_IN_ROOT = 0x10;

    internal const long PROC_SUPER_MAGIC = 0x9fa0;
    internal const long DEVPTS_SUPER_MAGIC = 0x1cd1;

    /// <summary>struct mount_attr</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct mount_attr
    {
        internal ulong attr_set;
        internal ulong attr_clr;
        internal ulong propagation;
        internal ulong userns_fd;
    }

    /// <summary>struct open_how</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct open_how
    {
        internal ulong flags;
        internal ulong mode;
        internal ulong resolve;
    }
}
