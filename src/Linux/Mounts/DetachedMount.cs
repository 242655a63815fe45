using System.Runtime.InteropServices;
using System.Text;
using Keelson.Linux.Native;

namespace Keelson.Linux;

/// <summary>A new file system whose mount is in no mount table: it hangs on its descriptor until it is attached somewhere, or closed.</summary>
internal static class DetachedMount
{
    /// <summary>Makes one: fsopen, fsconfig, fsmount.</summary>
    /// <param name="type">As in /proc/filesystems.</param>
    /// <param name="options">Flags, and <c>key=value</c> for what has a value.</param>
    /// <param name="attributes">MOUNT_ATTR_* bits.</param>
    /// <exception cref="LinuxException">A call failed; its subject names the option.</exception>
    internal static SafeFd Create(string type, IEnumerable<string> options, ulong attributes)
    {
        using SafeFd context = OpenFileSystem(type);
        foreach (string option in options)
        {
            int equals = option.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
            {
                Configure(context, type, Uapi.FSCONFIG_SET_FLAG, option, null);
            }
            else
            {
                Configure(context, type, Uapi.FSCONFIG_SET_STRING, option[..equals], option[(equals + 1)..]);
            }
        }

        Configure(context, type, Uapi.FSCONFIG_CMD_CREATE, null, null);
        long fd = LibC.syscall(LibC.SYS_fsmount, context.Number, Uapi.FSMOUNT_CLOEXEC, (long)attributes, 0);
        return fd < 0 ? throw LinuxException.FromLastError("fsmount", type) : new SafeFd((int)fd);
    }

    private static unsafe SafeFd OpenFileSystem(string type)
    {
        // SAFETY: the text is pinned for the call and ends with a NUL.
        fixed (byte* name = Terminated(type))
        {
            long fd = LibC.syscall(LibC.SYS_fsopen, (nint)name, Uapi.FSOPEN_CLOEXEC, 0, 0);
            return fd < 0 ? throw LinuxException.FromLastError("fsopen", type) : new SafeFd((int)fd);
        }
    }

    private static unsafe void Configure(SafeFd context, string type, int command, string? key, string? value)
    {
        // SAFETY: both texts are pinned for the call and end with a NUL; a null one is passed as a null pointer.
        fixed (byte* name = Terminated(key))
        fixed (byte* text = Terminated(value))
        {
            if (LibC.syscall(LibC.SYS_fsconfig, context.Number, command, (nint)name, (nint)text, 0) < 0)
            {
                throw new LinuxException("fsconfig", $"{type} {key ?? "create"} {value}".TrimEnd(), (Errno)Marshal.GetLastPInvokeError());
            }
        }
    }

    private static byte[]? Terminated(string? text) => text is null ? null : Encoding.UTF8.GetBytes(text + '\0');
}
