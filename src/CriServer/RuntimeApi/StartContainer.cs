using Keelson.CriServer.Registry;
using Keelson.Grpc;
using Keelson.Sandboxes;

namespace Keelson.CriServer.RuntimeApi;

/// <summary>Runs a created container.</summary>
internal sealed class StartContainer(IPodRuntime runtime)
{
    internal async Task<Cri.StartContainerResponse> HandleAsync(Cri.StartContainerRequest request, CallContext call)
    {
        await runtime.StartContainerAsync(ObjectLookup.Container(runtime, request.ContainerId).Id, call.CancellationToken);
        return new Cri.StartContainerResponse();
    }
}
