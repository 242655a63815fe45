using Keelson.Core;
using Keelson.Linux;

namespace Keelson.Sandboxes;

/// <summary>
/// Small files that are there whole or not at all: written to a temporary name and renamed. There is no fsync: this
/// state dies with the boot anyway (processes and namespaces do), and a crash of the daemon does not lose the page cache.
/// </summary>
internal static class AtomicFile
{
    internal const UnixFileMode PrivateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    internal const UnixFileMode DirectoryMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>What a file is called until it is whole.</summary>
    internal const string TemporarySuffix = ".tmp";

    internal static void Write(HostPath path, ReadOnlySpan<byte> content, UnixFileMode mode = PrivateMode)
    {
        try
        {
            string temporary = path.Value + TemporarySuffix;
            WriteTo(temporary, content, mode);
            File.Move(temporary, path.Value, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Failure("write", path, failure);
        }
    }

    /// <summary>Writes a file that nobody reads before its object is there: without a temporary name.</summary>
    internal static void Create(HostPath path, ReadOnlySpan<byte> content, UnixFileMode mode)
    {
        try
        {
            WriteTo(path.Value, content, mode);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Failure("write", path, failure);
        }
    }

    /// <summary>Makes the directory and its parents, each with mode 0700 whatever the umask says.</summary>
    internal static void MakeDirectory(HostPath path)
    {
        try
        {
            Directory.CreateDirectory(path.Value, DirectoryMode);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Failure("mkdir", path, failure);
        }
    }

    /// <summary>
    /// Removes a directory tree of ours; one that is gone already is fine. By descriptor and by bytes: containers put
    /// names into it that are no text, and links.
    /// </summary>
    internal static void RemoveTree(HostPath path) => TreeRemoval.Remove(path);

    private static void WriteTo(string path, ReadOnlySpan<byte> content, UnixFileMode mode)
    {
        using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = mode,
            BufferSize = 0,
        });
        file.Write(content);
    }

    private static KeelsonException Failure(string verb, HostPath path, Exception cause)
    {
        // On Unix the framework puts errno into HResult: 28 ENOSPC, 122 EDQUOT.
        ErrorKind kind = cause.HResult is 28 or 122 ? ErrorKind.ResourceExhausted : ErrorKind.Internal;
        return new KeelsonException(kind, $"{verb} '{path}': {cause.Message}", cause);
    }
}
