using Keelson.Core;

namespace Keelson.Grpc;

/// <summary>
/// The right to listen on one path. bind(2) refuses an existing path, and a killed server leaves its socket behind;
/// whether one is stale can't be told from the file. So a lock beside it decides: the kernel drops it with its holder.
/// </summary>
internal sealed class SocketFile : IDisposable
{
    private readonly FileStream _lock;

    private SocketFile(FileStream held) => _lock = held;

    /// <exception cref="KeelsonException">
    /// FailedPrecondition: another process listens there, or something that is no socket has the name.
    /// </exception>
    internal static SocketFile Claim(string path)
    {
        FileStream held = Lock($"{path}.lock", path);
        try
        {
            var file = new FileInfo(path);

            // A socket has no size and is no link: whatever has is not ours to delete.
            if (file.LinkTarget is not null || Directory.Exists(path) || (file.Exists && file.Length > 0))
            {
                throw new KeelsonException(ErrorKind.FailedPrecondition, $"socket '{path}': something that is not a socket is in the way");
            }

            file.Delete();
            return new SocketFile(held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Gives the path up. The lock file stays: deleting it would let two holders lock two files of one name.</summary>
    public void Dispose() => _lock.Dispose();

    private static FileStream Lock(string lockPath, string path)
    {
        try
        {
            // FileShare.None is flock(LOCK_EX | LOCK_NB) here. Nothing is written, in a directory that is the daemon's alone.
#pragma warning disable RS0030
            return new FileStream(lockPath, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
#pragma warning restore RS0030
        }
        catch (IOException e) when (e is not (DirectoryNotFoundException or FileNotFoundException))
        {
            throw new KeelsonException(ErrorKind.FailedPrecondition, $"socket '{path}': another process listens there ({e.Message})", e);
        }
    }
}
