using Keelson.CriServer.Mapping;
using Keelson.CriServer.Registry;
using Keelson.Grpc;
using Keelson.Sandboxes;

namespace Keelson.CriServer.RuntimeApi;

/// <summary>Changes limits, all or none.</summary>
internal sealed class UpdateContainerResources(IPodRuntime runtime)
{
    internal async Task<Cri.UpdateContainerResourcesResponse> HandleAsync(Cri.UpdateContainerResourcesRequest request, CallContext call)
    {
        ContainerSnapshot container = ObjectLookup.Container(runtime, request.ContainerId);
        if (ResourcesMapping.ToDomain(request.Linux) is { } resources)
        {
            await runtime.UpdateResourcesAsync(container.Id, resources, call.CancellationToken);
        }

        return new Cri.UpdateContainerResourcesResponse();
    }
}
