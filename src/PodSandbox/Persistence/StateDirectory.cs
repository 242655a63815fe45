using Keelson.Core;

namespace Keelson.Sandboxes;

/// <summary>Directories of our own.</summary>
internal static class StateDirectory
{
    internal const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Makes the directory and its parents, each with mode 0700; one that is there stays as it is.</summary>
    /// <exception cref="KeelsonException">ResourceExhausted: no space. Internal: it cannot be made.</exception>
    internal static void Make(HostPath path)
    {
        try
        {
            Directory.CreateDirectory(path.Value, Mode);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // On Unix the framework puts errno into HResult: 28 ENOSPC, 122 EDQUOT.
            ErrorKind kind = failure.HResult is 28 or 122 ? ErrorKind.ResourceExhausted : ErrorKind.Internal;
            throw new KeelsonException(kind, $"mkdir '{path}': {failure.Message}", failure);
        }
    }
}
