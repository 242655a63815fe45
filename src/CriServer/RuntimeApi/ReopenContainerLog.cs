using Keelson.CriServer.Registry;
using Keelson.Grpc;
using Keelson.Sandboxes;

namespace Keelson.CriServer.RuntimeApi;

/// <summary>Opens the log path anew after the kubelet has renamed the file.</summary>
internal sealed class ReopenContainerLog(IPodRuntime runtime)
{
    internal async Task<Cri.ReopenContainerLogResponse> HandleAsync(Cri.ReopenContainerLogRequest request, CallContext call)
    {
        await runtime.ReopenLogAsync(ObjectLookup.Container(runtime, request.ContainerId).Id, call.CancellationToken);
        return new Cri.ReopenContainerLogResponse();
    }
}
