using System.Runtime.InteropServices;
using Keelson.Core;

namespace Keelson.Linux;

/// <summary>A failed system call: its name, what it was applied to, and the errno.</summary>
public sealed class LinuxException : KeelsonException
{
    /// <summary>Creates the failure of one call.</summary>
    /// <param name="syscall">As in the manual, e.g. <c>pivot_root</c>.</param>
    /// <param name="subject">What it was applied to: a path, an id; may be empty.</param>
    /// <param name="errno">errno(3).</param>
    public LinuxException(string syscall, string subject, Errno errno)
        : this(KindOf(errno), syscall, subject, errno)
    {
    }

    private LinuxException(ErrorKind kind, string syscall, string subject, Errno errno)
        : base(kind, Describe(syscall, subject, errno))
    {
        Syscall = syscall;
        Subject = subject;
        Errno = errno;
    }

    /// <summary>The call's name in the manual.</summary>
    public string Syscall { get; }

    /// <summary>What the call was applied to.</summary>
    public string Subject { get; }

    /// <summary>Why it failed.</summary>
    public Errno Errno { get; }

    /// <summary>
    /// A failure on a file of our own. That it is missing or in the way is our fault: told as NotFound or AlreadyExists
    /// it would be taken for something about the object that was asked for.
    /// </summary>
    public static LinuxException OnOwnFile(string syscall, string path, Errno errno) =>
        new(KindOf(errno) is ErrorKind.ResourceExhausted ? ErrorKind.ResourceExhausted : ErrorKind.Internal, syscall, path, errno);

    /// <summary>The failure of the call just made on this thread.</summary>
    internal static LinuxException FromLastError(string syscall, string subject) =>
        new(syscall, subject, (Errno)Marshal.GetLastPInvokeError());

    private static string Describe(string syscall, string subject, Errno errno)
    {
        string reason = Marshal.GetPInvokeErrorMessage((int)errno);
        return subject.Length == 0
            ? $"{syscall}: {reason} (errno {(int)errno})"
            : $"{syscall} '{subject}': {reason} (errno {(int)errno})";
    }

    private static ErrorKind KindOf(Errno errno) => errno switch
    {
        Errno.ENOENT => ErrorKind.NotFound,
        Errno.EEXIST => ErrorKind.AlreadyExists,
        Errno.ENOSPC or Errno.EDQUOT or Errno.ENOMEM or Errno.EMFILE or Errno.ENFILE => ErrorKind.ResourceExhausted,
        _ => ErrorKind.Internal,
    };
}
