using Keelson.Core;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Keelson.Grpc;

/// <summary>
/// Turns HTTP/2 requests into calls of the table's methods. Requests and answers are never logged: they carry
/// registry credentials and environment variables.
/// </summary>
internal sealed partial class GrpcApplication(
    MethodTable methods,
    GrpcServerOptions options,
    ILogger<GrpcApplication> logger,
    CancellationToken stopping) : IHttpApplication<IFeatureCollection>
{
    public IFeatureCollection CreateContext(IFeatureCollection contextFeatures) => contextFeatures;

    public void DisposeContext(IFeatureCollection context, Exception? exception)
    {
        // Nothing is kept beyond the request.
    }

    public async Task ProcessRequestAsync(IFeatureCollection context)
    {
        IHttpRequestFeature request = context.GetRequiredFeature<IHttpRequestFeature>();
        int rejection = Check(request);
        if (rejection != 0)
        {
            context.GetRequiredFeature<IHttpResponseFeature>().StatusCode = rejection;
            return;
        }

        if (!methods.TryGet(request.Path, out ServerMethod? method))
        {
            // Clients fall back on this status, so it is an ordinary answer and no event.
            new ResponseWriter(context, options.MaxSendMessageSize).Fail(StatusCode.Unimplemented, methods.WhyUnimplemented(request.Path));
            return;
        }

        await RunAsync(context, method);
    }

    private static int Check(IHttpRequestFeature request)
    {
        if (!HttpMethods.IsPost(request.Method))
        {
            return StatusCodes.Status405MethodNotAllowed;
        }

        // application/grpc, application/grpc+proto, application/grpc;charset=...
        string type = request.Headers.ContentType.ToString();
        bool grpc = type.StartsWith(ResponseWriter.ContentType, StringComparison.OrdinalIgnoreCase)
            && (type.Length == ResponseWriter.ContentType.Length || type[ResponseWriter.ContentType.Length] is '+' or ';');
        return grpc ? 0 : StatusCodes.Status415UnsupportedMediaType;
    }

    private async Task RunAsync(IFeatureCollection context, ServerMethod method)
    {
        ServerCall call;
        try
        {
            call = ServerCall.Begin(context, method, options, stopping);
        }
        catch (RpcException e)
        {
            new ResponseWriter(context, options.MaxSendMessageSize).Fail(e.Status, e.Message);
            return;
        }

        using (call)
        {
            try
            {
                await method.InvokeAsync(call);
                call.Response.Succeed();
            }
#pragma warning disable CA1031 // Whatever a handler throws ends this call, never the server.
            catch (Exception e)
#pragma warning restore CA1031
            {
                End(call, method, e);
            }
        }
    }

    private void End(ServerCall call, ServerMethod method, Exception exception)
    {
        if (call.ClientHasGone)
        {
            LogClientGone(method.Path);
            return;
        }

        RpcException end = exception switch
        {
            RpcException rpc => rpc,
            OperationCanceledException when call.DeadlineHasPassed =>
                new RpcException(StatusCode.DeadlineExceeded, "the deadline of the call has passed"),
            OperationCanceledException when call.ServerIsStopping =>
                new RpcException(StatusCode.Unavailable, "the server is stopping"),
            _ => options.TranslateError(exception),
        };
        switch (exception)
        {
            case RpcException or OperationCanceledException or KeelsonException { Kind: not ErrorKind.Internal }:
                LogFailed(method.Path, end.Status, end.Message);
                break;
            case KeelsonException:
                LogFailedInside(method.Path, end.Status, end.Message);
                break;
            default:
                // Nobody foresaw it, so only the stack can say where it comes from.
                LogFailedUnexpectedly(method.Path, end.Status, exception);
                break;
        }

        call.Response.Fail(end.Status, end.Message);
    }
}
