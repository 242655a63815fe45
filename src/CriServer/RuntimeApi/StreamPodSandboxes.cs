using Keelson.CriServer.Mapping;
using Keelson.CriServer.Registry;
using Keelson.Grpc;
using Keelson.Sandboxes;

namespace Keelson.CriServer.RuntimeApi;

/// <summary>The same list in pieces, for nodes where one message would be too large.</summary>
internal sealed class StreamPodSandboxes(IPodRuntime runtime)
{
    internal async Task HandleAsync(
        Cri.StreamPodSandboxesRequest request, IResponseStream<Cri.StreamPodSandboxesResponse> responses, CallContext call)
    {
        foreach (var piece in Pieces.Of(runtime.ListSandboxes(FilterMapping.ToDomain(request.Filter)).Select(SandboxMapping.ToListItem)))
        {
            var response = new Cri.StreamPodSandboxesResponse();
            response.PodSandboxes.Add(piece);
            await responses.WriteAsync(response, call.CancellationToken);
        }
    }
}
