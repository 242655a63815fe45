using System.Text;
using Keelson.Linux.Native;

namespace Keelson.Linux;

/// <summary>A program to start, by its path or from a read-only clone of its file.</summary>
public sealed class ExecutableFile : IDisposable
{
    // DaemonProcess puts descriptors of its own on the numbers below.
    private const int LowestNumber = 16;

    private ExecutableFile(string path, SafeFd? clone)
    {
        Path = path;
        Clone = clone;
    }

    /// <summary>Where it was found.</summary>
    public string Path { get; }

    /// <summary>The clone; null to start it by its path.</summary>
    internal SafeFd? Clone { get; }

    /// <summary>The program as it lies there when it is started.</summary>
    public static ExecutableFile AtPath(string path) => new(path, null);

    /// <summary>
    /// The program as it lies there now, seen through a mount that is read-only and in no mount table. Whoever gets hold of
    /// <c>/proc/PID/exe</c> of a process started from it can never open the file for writing (CVE-2019-5736): not while
    /// the program runs, which ETXTBSY would prevent anyway, and not after its end. Children it forks have it the same.
    /// </summary>
    /// <exception cref="LinuxException">No such file, or no right to mount (CAP_SYS_ADMIN).</exception>
    public static ExecutableFile CloneReadOnly(string path)
    {
        using SafeFd clone = OpenTree(path);
        MakeReadOnly(clone, path);
        int number = LibC.fcntl(clone, Uapi.F_DUPFD_CLOEXEC, LowestNumber);
        return number < 0 ? throw LinuxException.FromLastError("fcntl F_DUPFD_CLOEXEC", path) : new ExecutableFile(path, new SafeFd(number));
    }

    /// <inheritdoc/>
    public void Dispose() => Clone?.Dispose();

    private static unsafe SafeFd OpenTree(string path)
    {
        // SAFETY: the text is NUL-terminated and outlives the call.
        fixed (byte* text = Encoding.UTF8.GetBytes(path + "\0"))
        {
            long fd = LibC.syscall(LibC.SYS_open_tree, Uapi.AT_FDCWD, (nint)text, Uapi.OPEN_TREE_CLONE | Uapi.OPEN_TREE_CLOEXEC, 0);
            return fd < 0 ? throw LinuxException.FromLastError("open_tree", path) : new SafeFd((int)fd);
        }
    }

    private static unsafe void MakeReadOnly(SafeFd clone, string path)
    {
        // Private: what happens at the original's mount point is none of the clone's business.
        var attributes = new Uapi.mount_attr { attr_set = Uapi.MOUNT_ATTR_RDONLY, propagation = (ulong)Uapi.MS_PRIVATE };
        fixed (byte* nothing = "\0"u8)
        {
            // SAFETY: the structure is as long as the size that is passed, and both outlive the call.
            long result = LibC.syscall(LibC.SYS_mount_setattr, clone.Number, (nint)nothing, Uapi.AT_EMPTY_PATH, (nint)(&attributes), sizeof(Uapi.mount_attr));
            if (result < 0)
            {
                throw LinuxException.FromLastError("mount_setattr", path);
            }
        }
    }
}
