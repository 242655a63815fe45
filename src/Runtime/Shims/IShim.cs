using System.Collections.Immutable;
using System.Threading.Channels;

namespace Keelson.Oci.Shims;

/// <summary>
/// The daemon's side of one pod's shim: the process that launches the pod's processes, owns their stdio, reaps them,
/// and outlives the daemon. Every member may be called from several threads at once.
/// </summary>
/// <remarks>
/// Failures: <see cref="Core.ErrorKind.Unavailable"/> when the shim cannot be reached or goes away during the call.
/// A launch that fails inside the shim is a value, not an exception: it carries the step and the errno.
/// </remarks>
public interface IShim : IAsyncDisposable
{
    /// <summary>The shim's own process id.</summary>
    int Pid { get; }

    /// <summary>Completes when the connection is gone, for whatever reason.</summary>
    Task Closed { get; }

    /// <summary>
    /// Exits of processes launched by this shim, each exactly once per connection, in order; exits that happened
    /// before the connection was made come from <see cref="ListAsync"/>. The exit record is on disk before it is sent.
    /// </summary>
    ChannelReader<ProcessExit> Exits { get; }

    /// <summary>Runs a plan and returns once its execve has succeeded or a step has failed.</summary>
    Task<LaunchOutcome> LaunchAsync(LaunchRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Sends a signal to a process (by pidfd, so never to a stranger with the same number) or, with
    /// <paramref name="everyone"/>, to every process in its cgroup. False when it has exited already.
    /// </summary>
    Task<bool> SignalAsync(string processId, int signal, bool everyone, CancellationToken cancellationToken);

    /// <summary>
    /// Runs a command inside a running process's namespaces and collects its output. On timeout everything the
    /// command started is killed. The caps are enforced inside the shim (CVE-2022-31030).
    /// </summary>
    Task<ExecSyncOutcome> ExecSyncAsync(ExecSyncRequest request, CancellationToken cancellationToken);

    /// <summary>Closes the process's log and opens its path anew; nothing written is lost or doubled.</summary>
    Task ReopenLogAsync(string processId, CancellationToken cancellationToken);

    /// <summary>Everything the shim has launched and not been told to forget, exited processes included.</summary>
    Task<ImmutableArray<ShimProcess>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Drops an exited process from the shim's table.</summary>
    Task ForgetAsync(string processId, CancellationToken cancellationToken);

    /// <summary>Ends the shim; whatever it launched and still runs is killed first.</summary>
    Task ShutdownAsync(CancellationToken cancellationToken);
}
