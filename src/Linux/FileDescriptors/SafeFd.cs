using Keelson.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace Keelson.Linux;

/// <summary>
/// An open file descriptor, closed when disposed. Every call here that makes one sets close-on-exec; a method that
/// takes one borrows it unless its documentation says that it takes ownership.
/// </summary>
public sealed class SafeFd : SafeHandleMinusOneIsInvalid
{
    /// <summary>Takes ownership of <paramref name="fd"/>.</summary>
    internal SafeFd(int fd)
        : base(ownsHandle: true)
    {
        SetHandle(fd);
    }

    /// <summary>
    /// The number, for a plan slot or a message that must name it. Valid while the caller keeps this object open.
    /// </summary>
    public int Number => (int)handle;

    /// <summary>Takes ownership of a descriptor this process was started with.</summary>
    public static SafeFd Adopt(int inherited) => new(inherited);

    /// <inheritdoc/>
    /// <remarks>close(2) is not retried on EINTR: Linux has released the descriptor by then.</remarks>
    protected override bool ReleaseHandle() => LibC.close((int)handle) == 0;
}
