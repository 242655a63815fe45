using Keelson.CriServer.Mapping;
using Keelson.CriServer.Registry;
using Keelson.Grpc;
using Keelson.Sandboxes;

namespace Keelson.CriServer.RuntimeApi;

/// <summary>The same list in pieces, for nodes where one message would be too large.</summary>
internal sealed class StreamPodSandboxStats(IPodRuntime runtime)
{
    internal async Task HandleAsync(
        Cri.StreamPodSandboxStatsRequest request, IResponseStream<Cri.StreamPodSandboxStatsResponse> responses, CallContext call)
    {
        foreach (var piece in Pieces.Of(runtime.ListSandboxStats(FilterMapping.ToDomain(request.Filter)).Select(SandboxStatsMapping.ToCri)))
        {
            var response = new Cri.StreamPodSandboxStatsResponse();
            response.PodSandboxStats.Add(piece);
            await responses.WriteAsync(response, call.CancellationToken);
        }
    }
}
