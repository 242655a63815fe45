using Keelson.CriServer.Mapping;
using Keelson.CriServer.Registry;
using Keelson.Grpc;
using Keelson.Sandboxes;

namespace Keelson.CriServer.RuntimeApi;

/// <summary>The same list in pieces, for nodes where one message would be too large.</summary>
internal sealed class StreamContainers(IPodRuntime runtime)
{
    internal async Task HandleAsync(
        Cri.StreamContainersRequest request, IResponseStream<Cri.StreamContainersResponse> responses, CallContext call)
    {
        foreach (var piece in Pieces.Of(runtime.ListContainers(FilterMapping.ToDomain(request.Filter)).Select(ContainerMapping.ToListItem)))
        {
            var response = new Cri.StreamContainersResponse();
            response.Containers.Add(piece);
            await responses.WriteAsync(response, call.CancellationToken);
        }
    }
}
