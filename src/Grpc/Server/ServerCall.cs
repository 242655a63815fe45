using System.IO.Pipelines;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Keelson.Grpc;

/// <summary>One call: its request, its deadline, its answer.</summary>
internal sealed class ServerCall : IDisposable
{
    /// <summary>Timers take no more; a client that waits for 24 days will not notice.</summary>
    private static readonly TimeSpan LongestDeadline = TimeSpan.FromMilliseconds(int.MaxValue);

    private readonly IHttpRequestFeature _request;
    private readonly PipeReader _body;
    private readonly int _receiveLimit;
    private readonly CancellationToken _aborted;
    private readonly CancellationToken _stopping;
    private readonly CancellationTokenSource? _deadline;
    private readonly CancellationTokenSource? _linked;

    private ServerCall(IFeatureCollection features, ServerMethod method, GrpcServerOptions options, CancellationToken stopping)
    {
        _request = features.GetRequiredFeature<IHttpRequestFeature>();
        _body = features.GetRequiredFeature<IRequestBodyPipeFeature>().Reader;
        _receiveLimit = options.MaxReceiveMessageSize;
        _aborted = features.GetRequiredFeature<IHttpRequestLifetimeFeature>().RequestAborted;
        _stopping = method.EndsWithServer ? stopping : CancellationToken.None;
        Response = new ResponseWriter(features, options.MaxSendMessageSize);

        TimeSpan? timeout = ReadTimeout(_request.Headers);
        CancellationToken token = _aborted;
        if (timeout is { } time)
        {
            _deadline = new CancellationTokenSource(time < LongestDeadline ? time : LongestDeadline);
        }

        if (_deadline is not null || _stopping.CanBeCanceled)
        {
            _linked = CancellationTokenSource.CreateLinkedTokenSource(_aborted, _deadline?.Token ?? CancellationToken.None, _stopping);
            token = _linked.Token;
        }

        PeerCredentials? peer = features.Get<PeerCredentials>();
        Context = new CallContext(method.Path, peer, timeout is { } t ? Later(t) : null, token);
    }

    internal CallContext Context { get; }

    internal ResponseWriter Response { get; }

    internal bool ClientHasGone => _aborted.IsCancellationRequested;

    internal bool DeadlineHasPassed => _deadline is { IsCancellationRequested: true };

    internal bool ServerIsStopping => _stopping.IsCancellationRequested;

    /// <exception cref="RpcException">Internal: the deadline can't be read, so it can't be kept.</exception>
    internal static ServerCall Begin(
        IFeatureCollection features, ServerMethod method, GrpcServerOptions options, CancellationToken stopping) =>
        new(features, method, options, stopping);

    internal ValueTask<TRequest> ReadRequestAsync<TRequest>(MessageParser<TRequest> parser)
        where TRequest : class, IMessage<TRequest> =>
        RequestReader.ReadAsync(_body, parser, _request.Headers, _receiveLimit, Context.CancellationToken);

    public void Dispose()
    {
        _linked?.Dispose();
        _deadline?.Dispose();
    }

    private static TimeSpan? ReadTimeout(IHeaderDictionary headers)
    {
        string? text = headers[GrpcTimeout.Header];
        if (text is null)
        {
            return null;
        }

        return GrpcTimeout.TryParse(text, out TimeSpan timeout)
            ? timeout
            : throw new RpcException(StatusCode.Internal, $"grpc-timeout '{text}' can not be read");
    }

    private static DateTimeOffset Later(TimeSpan timeout) =>
        TimeProvider.System.GetUtcNow() + (timeout < LongestDeadline ? timeout : LongestDeadline);
}
