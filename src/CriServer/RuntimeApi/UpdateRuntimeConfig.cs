using Keelson.Grpc;
using Keelson.Sandboxes;

namespace Keelson.CriServer.RuntimeApi;

/// <summary>Takes the node's pod address range.</summary>
internal sealed class UpdateRuntimeConfig(IPodRuntime runtime)
{
    internal Task<Cri.UpdateRuntimeConfigResponse> HandleAsync(Cri.UpdateRuntimeConfigRequest request, CallContext call)
    {
        if (request.RuntimeConfig?.NetworkConfig is { PodCidr.Length: > 0 } network)
        {
            runtime.UpdatePodCidr(network.PodCidr);
        }

        return Task.FromResult(new Cri.UpdateRuntimeConfigResponse());
    }
}
