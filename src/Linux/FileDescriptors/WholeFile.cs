using System.Runtime.InteropServices;
using Keelson.Linux.Native;

namespace Keelson.Linux;

/// <summary>
/// Files of our own that are there whole or not at all: written beside the path, then renamed over it. One writer of a
/// path at a time.
/// </summary>
public static class WholeFile
{
    /// <summary>What a file is called until it is whole; one that a crash left is the next writer's to replace.</summary>
    public const string TemporarySuffix = ".tmp";

    /// <summary>Replaces <paramref name="path"/>, or makes it.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="content">All of the file.</param>
    /// <param name="mode">Permission bits, reduced by the umask.</param>
    /// <param name="durable">
    /// Whether the content is on disk before the name is: then a crash of the machine leaves the former file or this
    /// one. What matters no longer than the boot needs no fsync(2), which takes milliseconds.
    /// </param>
    public static Errno TryReplace(string path, ReadOnlySpan<byte> content, uint mode, bool durable = false)
    {
        string temporary = path + TemporarySuffix;
        SafeFd? file = PlainFile.TryCreate(temporary, mode, out Errno error);
        if (error == Errno.EEXIST)
        {
            // Left by a writer that died between create and rename.
            LibC.unlink(temporary);
            file = PlainFile.TryCreate(temporary, mode, out error);
        }

        if (file is null)
        {
            return error;
        }

        using (file)
        {
            error = FdIO.WriteAll(file, content);
            if (error == Errno.None && durable && LibC.fsync(file) < 0)
            {
                error = (Errno)Marshal.GetLastPInvokeError();
            }
        }

        if (error == Errno.None && LibC.rename(temporary, path) < 0)
        {
            error = (Errno)Marshal.GetLastPInvokeError();
        }

        if (error != Errno.None)
        {
            LibC.unlink(temporary);
        }

        return error;
    }

    /// <summary><see cref="TryReplace"/> where the caller cannot go on without the file.</summary>
    /// <exception cref="LinuxException">ResourceExhausted: no space. Internal: it cannot be written.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> content, uint mode, bool durable = false)
    {
        Errno error = TryReplace(path, content, mode, durable);
        if (error != Errno.None)
        {
            throw LinuxException.OnOwnFile("write", path, error);
        }
    }
}
