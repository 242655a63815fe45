using Google.Protobuf;

namespace Keelson.Grpc;

/// <summary>One request, one answer.</summary>
internal sealed class UnaryMethod<TRequest, TResponse>(
    RpcMethod<TRequest, TResponse> method,
    Func<TRequest, CallContext, Task<TResponse>> handler) : ServerMethod(method.Path)
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    internal override bool EndsWithServer => false;

    internal override async Task InvokeAsync(ServerCall call)
    {
        TRequest request = await call.ReadRequestAsync(method.RequestParser);
        TResponse response = await handler(request, call.Context);

        // Not flushed here: headers, message and trailers then leave in one write when the request ends.
        await call.Response.WriteAsync(response, flush: false, call.Context.CancellationToken);
    }
}
