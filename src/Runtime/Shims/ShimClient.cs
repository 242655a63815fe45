using System.Collections.Immutable;
using System.Net.Sockets;
using System.Threading.Channels;
using Keelson.Core;
using Keelson.Linux;
using Keelson.Oci.Shims.Protocol;

namespace Keelson.Oci.Shims;

/// <summary>The daemon's end of one connection to a shim; see <see cref="ShimProtocol"/>.</summary>
public sealed partial class ShimClient : IShim
{
    /// <summary>A shim answers within milliseconds; one that has not by now never will.</summary>
    private static readonly TimeSpan GreetingTimeout = TimeSpan.FromSeconds(10);

    private readonly Socket _socket;
    private readonly ConversationOrder _order = new(isShim: false);
    private readonly Channel<ProcessExit> _exits = Channel.CreateUnbounded<ProcessExit>();
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string _subject = "shim";

    private ShimClient(Socket socket) => _socket = socket;

    /// <inheritdoc/>
    public int Pid { get; private set; }

    /// <summary>The sandbox the shim says it serves.</summary>
    public string SandboxId { get; private set; } = string.Empty;

    /// <summary>The product version of the shim's binary, which can be older than the daemon's.</summary>
    public string Build { get; private set; } = string.Empty;

    /// <inheritdoc/>
    public Task Closed => _closed.Task;

    /// <inheritdoc/>
    public ChannelReader<ProcessExit> Exits => _exits.Reader;

    /// <summary>Connects to the shim whose socket is in <paramref name="shimDirectory"/>, as after a restart of the daemon.</summary>
    /// <exception cref="KeelsonException">Unavailable: nobody listens, or what listens is no shim of a known version.</exception>
    public static async Task<ShimClient> ConnectAsync(HostPath shimDirectory, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(GreetingTimeout);
        var client = new ShimClient(new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified));
        try
        {
            using (var path = new ShimSocketPath(shimDirectory))
            {
                await client._socket.ConnectAsync(new UnixDomainSocketEndPoint(path.Address), timeout.Token);
            }

            client.CheckPeer();
            await client.GreetAsync(timeout.Token);
            client.StartReading();
            return client;
        }
        catch (Exception failure)
        {
            client._socket.Dispose();
            throw failure switch
            {
                SocketException => Unreachable(shimDirectory, failure.Message, failure),
                OperationCanceledException when !cancellationToken.IsCancellationRequested =>
                    Unreachable(shimDirectory, "no greeting in time", failure),
                _ => failure,
            };
        }
    }

    /// <inheritdoc/>
    public Task<LaunchOutcome> LaunchAsync(LaunchRequest request, CancellationToken cancellationToken) =>
        RequestAsync(FrameKind.Launch, FrameKind.Launched, writer => ShimCodec.Write(writer, request), ShimCodec.ReadLaunched, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> SignalAsync(string processId, int signal, bool everyone, CancellationToken cancellationToken) => RequestAsync(
        FrameKind.Signal,
        FrameKind.Signalled,
        writer => ShimCodec.WriteSignal(writer, processId, signal, everyone),
        ShimCodec.ReadSignalled,
        cancellationToken);

    /// <inheritdoc/>
    public Task<ExecSyncOutcome> ExecSyncAsync(ExecSyncRequest request, CancellationToken cancellationToken) =>
        RequestAsync(FrameKind.ExecSync, FrameKind.ExecEnded, writer => ShimCodec.Write(writer, request), ShimCodec.ReadExecEnded, cancellationToken);

    /// <inheritdoc/>
    public Task ReopenLogAsync(string processId, CancellationToken cancellationToken) =>
        RequestAsync(FrameKind.ReopenLog, FrameKind.LogReopened, writer => writer.String(processId), ReadNothing, cancellationToken);

    /// <inheritdoc/>
    public Task<ImmutableArray<ShimProcess>> ListAsync(CancellationToken cancellationToken) =>
        RequestAsync(FrameKind.List, FrameKind.Listed, static _ => { }, ShimCodec.ReadListed, cancellationToken);

    /// <inheritdoc/>
    public Task ForgetAsync(string processId, CancellationToken cancellationToken) =>
        RequestAsync(FrameKind.Forget, FrameKind.Forgotten, writer => writer.String(processId), ReadNothing, cancellationToken);

    /// <inheritdoc/>
    public Task ShutdownAsync(CancellationToken cancellationToken) =>
        RequestAsync(FrameKind.Shutdown, FrameKind.ShuttingDown, static _ => { }, ReadNothing, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // Ends the reading loop, which completes everything else. The shim does not mind.
        _socket.Dispose();
        await _closed.Task;
    }

    private static KeelsonException Unreachable(HostPath directory, string reason, Exception inner) =>
        new(ErrorKind.Unavailable, $"connect '{directory.Child(ShimProtocol.SocketName)}': {reason}", inner);

    private static bool ReadNothing(ReadOnlySpan<byte> body)
    {
        ShimCodec.ReadEmpty(body);
        return true;
    }

    /// <summary>The directory keeps strangers out; this is the second lock on the same door (CVE-2020-15257).</summary>
    private void CheckPeer()
    {
        const int SolSocket = 1;
        const int SoPeerCred = 17;
        const int UidOffset = 4;
        Span<byte> credentials = stackalloc byte[12];
        _socket.GetRawSocketOption(SolSocket, SoPeerCred, credentials);
        if (BitConverter.ToUInt32(credentials[UidOffset..]) != ProcessAttributes.EffectiveUserId)
        {
            throw new ShimProtocolException("the socket belongs to another user");
        }
    }

    private async Task GreetAsync(CancellationToken cancellationToken)
    {
        FrameHeader header = await ReceiveAsync(cancellationToken);
        _order.Receive(header);
        Welcome welcome = Protocol.Welcome.Read(_body.AsSpan(0, header.BodyBytes));
        Pid = welcome.Pid;
        SandboxId = welcome.SandboxId;
        Build = welcome.Build;
        _subject = "shim " + Pid.ToString(System.Globalization.CultureInfo.InvariantCulture);
        await SendAsync(FrameKind.Hello, 0, writer => Greeting.WriteHello(writer, welcome.Version, OwnBuild), cancellationToken);
    }
}
