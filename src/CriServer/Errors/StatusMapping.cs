using System.Collections.Frozen;
using Keelson.Core;
using Keelson.Grpc;

namespace Keelson.CriServer.Errors;

/// <summary>The only place that knows which gRPC status a failure becomes, and the kubelet's reasons for it.</summary>
#pragma warning disable RS0030 // This is the file that the ban points to.
internal static class StatusMapping
{
    private static readonly FrozenDictionary<ErrorKind, StatusCode> Codes = new Dictionary<ErrorKind, StatusCode>
    {
        [ErrorKind.Internal] = StatusCode.Internal,

        // Tolerated by the kubelet between a list and an inspect; ends its retries.
        [ErrorKind.NotFound] = StatusCode.NotFound,
        [ErrorKind.AlreadyExists] = StatusCode.AlreadyExists,
        [ErrorKind.FailedPrecondition] = StatusCode.FailedPrecondition,
        [ErrorKind.InvalidArgument] = StatusCode.InvalidArgument,

        // Retried by the kubelet at its start.
        [ErrorKind.Unavailable] = StatusCode.Unavailable,
        [ErrorKind.ResourceExhausted] = StatusCode.ResourceExhausted,

        // Makes a probe by exec fail rather than be repeated.
        [ErrorKind.DeadlineExceeded] = StatusCode.DeadlineExceeded,
        [ErrorKind.PermissionDenied] = StatusCode.PermissionDenied,

        // Makes the kubelet fall back: RuntimeConfig, the streamed lists, UpdatePodSandboxResources.
        [ErrorKind.Unimplemented] = StatusCode.Unimplemented,

        // The kubelet strips "rpc error: code = Unknown desc = " and compares how the rest begins.
        [ErrorKind.KubeletToken] = StatusCode.Unknown,
    }.ToFrozenDictionary();

    internal static StatusCode Of(ErrorKind kind) => Codes[kind];

    internal static RpcException Translate(Exception exception) => exception switch
    {
        KeelsonException e => new RpcException(Of(e.Kind), e.Message, e),
        OperationCanceledException e => new RpcException(StatusCode.Cancelled, "the call was given up", e),
        Exception e => new RpcException(StatusCode.Internal, $"{e.GetType().Name}: {e.Message}", e),
    };
}
