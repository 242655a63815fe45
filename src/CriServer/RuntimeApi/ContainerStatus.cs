using Keelson.CriServer.Mapping;
using Keelson.CriServer.Registry;
using Keelson.Grpc;
using Keelson.Sandboxes;

namespace Keelson.CriServer.RuntimeApi;

/// <summary>One container, from memory; verbose reads files.</summary>
internal sealed class ContainerStatus(IPodRuntime runtime)
{
    internal async Task<Cri.ContainerStatusResponse> HandleAsync(Cri.ContainerStatusRequest request, CallContext call)
    {
        ContainerSnapshot container = ObjectLookup.Container(runtime, request.ContainerId);
        var response = new Cri.ContainerStatusResponse { Status = ContainerMapping.ToStatus(container) };
        if (request.Verbose)
        {
            response.Info.Add(InfoMap.Key, await runtime.ContainerInfoAsync(container.Id, call.CancellationToken));
        }

        return response;
    }
}
