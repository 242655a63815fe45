using Keelson.Core;
using Keelson.CriServer.Configuration;
using Keelson.Linux;

namespace Keelson.CriServer.Hosting;

/// <summary>The daemon's directories, and the locks that make them its own.</summary>
internal sealed class StateDirectories : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Members of the socket's group must reach the socket, and see nothing else there.</summary>
    private const UnixFileMode Traversable = OwnerOnly | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private readonly LockFile _state;
    private readonly LockFile _root;

    private StateDirectories(LockFile state, LockFile root)
    {
        _state = state;
        _root = root;
    }

    /// <summary>Makes the directories and locks both: sharing either one with another daemon would end badly.</summary>
    /// <exception cref="KeelsonException">FailedPrecondition: another daemon runs there.</exception>
    internal static StateDirectories Claim(KeelsonOptions options)
    {
        OwnDirectory.Make(options.Root, OwnerOnly);
        OwnDirectory.Make(options.State, Traversable);
        if (!Directory.Exists(options.Socket.Parent.Value))
        {
            OwnDirectory.Make(options.Socket.Parent, Traversable);
        }

        LockFile state = Lock(options.State);
        try
        {
            return new StateDirectories(state, Lock(options.Root));
        }
        catch
        {
            state.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _root.Dispose();
        _state.Dispose();
    }

    private static LockFile Lock(HostPath directory)
    {
        string path = directory.Child("keelson.lock").Value;
        return LockFile.TryTake(path, out string holder)
            ?? throw new KeelsonException(
                ErrorKind.FailedPrecondition, $"'{directory}' is in use by another daemon, process {holder} (lock '{path}')");
    }
}
