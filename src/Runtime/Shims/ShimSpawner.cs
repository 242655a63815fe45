using System.Text;
using Keelson.Core;
using Keelson.Linux;
using Keelson.Oci.Shims.Protocol;

namespace Keelson.Oci.Shims;

/// <summary>Starts a pod's shim and connects to it.</summary>
public static class ShimSpawner
{
    /// <summary>Connections that may wait while the shim starts.</summary>
    private const int Backlog = 16;

    private const int ErrorTailBytes = 2048;

    /// <summary>
    /// Starts <paramref name="program"/> for one sandbox. The socket is made and listened on here, so a connection
    /// succeeds before the shim's first instruction; the shim, once it is alone, is found again by that socket. While
    /// this daemon lives it also reaps the shim.
    /// </summary>
    /// <param name="program">keelson-shim.</param>
    /// <param name="shimDirectory">Made with mode 0700; holds the socket and the shim's own log.</param>
    /// <param name="sandboxId">Which pod it serves; seen in the process list.</param>
    /// <param name="cancellationToken">Gives up; the shim is killed.</param>
    /// <exception cref="KeelsonException">Unavailable: it did not come up; the message has the end of its log. Other kinds: a failed call.</exception>
    public static async Task<ShimClient> SpawnAsync(
        ShimProgram program, HostPath shimDirectory, SandboxId sandboxId, CancellationToken cancellationToken)
    {
        PrepareDirectory(shimDirectory);
        HostPath log = shimDirectory.Child(ShimProtocol.LogName);
        SafeFd shim;
        using (var path = new ShimSocketPath(shimDirectory))
        using (SafeFd listener = UnixSocket.Listen(path.Address, Backlog))
        {
            string[] arguments = [program.Name, sandboxId.Value, shimDirectory.Value];
            shim = DaemonProcess.Start(program.Open(), arguments, Environment(), listener, log.Value, out _);
        }

        Task<ChildExit> ended = ChildWatcher.WatchAsync(shim);
        try
        {
            return await ConnectAsync(shimDirectory, ended, cancellationToken);
        }
        catch (Exception failure)
        {
            Kill(shim);
            if (failure is KeelsonException known)
            {
                throw new KeelsonException(known.Kind, $"shim of sandbox {sandboxId.Short}: {known.Message}{ReadErrorTail(log)}", known);
            }

            throw;
        }
    }

    private static async Task<ShimClient> ConnectAsync(HostPath directory, Task<ChildExit> ended, CancellationToken cancellationToken)
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<ShimClient> connecting = ShimClient.ConnectAsync(directory, giveUp.Token);
        if (await Task.WhenAny(connecting, ended) == connecting)
        {
            return await connecting;
        }

        // With the last copy of the listener gone the connection fails by itself, unless it never got one.
        await giveUp.CancelAsync();
        await connecting.ContinueWith(
            static finished => _ = finished.Exception, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        ChildExit exit = await ended;
        throw new KeelsonException(ErrorKind.Unavailable, $"ended with code {exit.ExitCode} before it answered");
    }

    private static void Kill(SafeFd shim)
    {
        try
        {
            PidFd.TrySendSignal(shim, 9);
        }
        catch (ObjectDisposedException)
        {
            // The watcher owns the descriptor and has closed it: the shim has ended and been reaped.
        }
    }

    private static void PrepareDirectory(HostPath directory)
    {
        const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        OwnDirectory.Make(directory, OwnerOnly);
        Errno error = PlainFile.TryRemove(directory.Child(ShimProtocol.SocketName).Value);
        if (error != Errno.None)
        {
            throw new LinuxException("unlink", directory.Child(ShimProtocol.SocketName).Value, error);
        }
    }

    /// <summary>A NativeAOT shim wants nothing; a development build needs to find its runtime.</summary>
    private static string[] Environment()
    {
        // Set by the development build's host, and by nobody for a published daemon.
#pragma warning disable RS0030
        string? root = System.Environment.GetEnvironmentVariable("DOTNET_ROOT");
#pragma warning restore RS0030
        return root is null ? [] : ["DOTNET_ROOT=" + root];
    }

    private static string ReadErrorTail(HostPath log)
    {
        var text = new byte[ErrorTailBytes];
        int length = PlainFile.TryReadAll(log.Value, text, out _);
        return length <= 0 ? string.Empty : ": " + Encoding.UTF8.GetString(text, 0, length).Trim();
    }
}
