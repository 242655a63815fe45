using System.Runtime.InteropServices;
using Keelson.Linux.Native;

namespace Keelson.Linux;

/// <summary>
/// Resolves paths that somebody else wrote inside a directory of ours. The kernel does it in one step
/// (openat2(2), RESOLVE_IN_ROOT): <c>..</c> stops at the root, absolute symbolic links start there, and nothing can
/// be exchanged between the check and the use.
/// </summary>
public static class RootedPath
{
    /// <summary>Opens the directory <paramref name="path"/> names inside <paramref name="root"/>; symbolic links are followed inside.</summary>
    /// <param name="root">The directory that is <c>/</c> for the path. Borrowed.</param>
    /// <param name="path">Relative or absolute; empty is the root itself.</param>
    /// <param name="error">Why not.</param>
    public static SafeFd? TryOpenDirectory(SafeFd root, ReadOnlySpan<byte> path, out Errno error) =>
        Open(root, path, LibC.O_RDONLY | LibC.O_DIRECTORY, LibC.RESOLVE_IN_ROOT | LibC.RESOLVE_NO_MAGICLINKS, out error);

    /// <summary>As <see cref="TryOpenDirectory"/>, but a symbolic link anywhere in the path is ELOOP.</summary>
    public static SafeFd? TryOpenDirectoryWithoutLinks(SafeFd root, ReadOnlySpan<byte> path, out Errno error) =>
        Open(root, path, LibC.O_RDONLY | LibC.O_DIRECTORY, LibC.RESOLVE_IN_ROOT | LibC.RESOLVE_NO_SYMLINKS, out error);

    /// <summary>Opens a file for reading; links are followed inside. A FIFO or device in its place is opened without waiting.</summary>
    public static SafeFd? TryOpenFile(SafeFd root, ReadOnlySpan<byte> path, out Errno error) =>
        Open(root, path, LibC.O_RDONLY | LibC.O_NONBLOCK | LibC.O_NOCTTY, LibC.RESOLVE_IN_ROOT | LibC.RESOLVE_NO_MAGICLINKS, out error);

    private static unsafe SafeFd? Open(SafeFd root, ReadOnlySpan<byte> path, int flags, ulong resolve, out Errno error)
    {
        ReadOnlySpan<byte> relative = path.IsEmpty ? "."u8 : path;
        var how = new LibC.open_how { flags = (ulong)(uint)(flags | LibC.O_CLOEXEC), resolve = resolve };
        bool held = false;
        try
        {
            root.DangerousAddRef(ref held);
            fixed (byte* text = CString.Terminate(relative, stackalloc byte[CString.BytesFor(relative)]))
            {
                long fd;
                do
                {
                    fd = LibC.syscall(LibC.SYS_openat2, root.Number, (nint)text, (nint)(&how), sizeof(LibC.open_how));
                    error = fd < 0 ? (Errno)Marshal.GetLastPInvokeError() : Errno.None;
                }
                while (error is Errno.EINTR or Errno.EAGAIN); // EAGAIN: a rename elsewhere raced with a "..".

                return fd < 0 ? null : new SafeFd((int)fd);
            }
        }
        finally
        {
            if (held)
            {
                root.DangerousRelease();
            }
        }
    }
}
