using Keelson.Core;

namespace Keelson.Linux;

/// <summary>Directories of our own whose mode is a promise.</summary>
public static class OwnDirectory
{
    /// <summary>Makes the directory and its parents, and sets its mode, whatever the umask or an earlier run left.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It is not ours.</exception>
    public static void Make(HostPath path, UnixFileMode mode)
    {
        Directory.CreateDirectory(path.Value, mode);

        // The path is the configuration's or below it, where nobody else can write: a link is the administrator's.
#pragma warning disable RS0030
        File.SetUnixFileMode(path.Value, mode);
#pragma warning restore RS0030
    }
}
