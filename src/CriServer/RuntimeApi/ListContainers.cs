using Keelson.CriServer.Mapping;
using Keelson.Grpc;
using Keelson.Sandboxes;

namespace Keelson.CriServer.RuntimeApi;

/// <summary>The containers that match, from memory.</summary>
internal sealed class ListContainers(IPodRuntime runtime)
{
    internal Task<Cri.ListContainersResponse> HandleAsync(Cri.ListContainersRequest request, CallContext call)
    {
        var response = new Cri.ListContainersResponse();
        response.Containers.Add(runtime.ListContainers(FilterMapping.ToDomain(request.Filter)).Select(ContainerMapping.ToListItem));
        return Task.FromResult(response);
    }
}
