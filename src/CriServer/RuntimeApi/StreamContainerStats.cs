using Keelson.CriServer.Mapping;
using Keelson.CriServer.Registry;
using Keelson.Grpc;
using Keelson.Sandboxes;

namespace Keelson.CriServer.RuntimeApi;

/// <summary>The same list in pieces, for nodes where one message would be too large.</summary>
internal sealed class StreamContainerStats(IPodRuntime runtime)
{
    internal async Task HandleAsync(
        Cri.StreamContainerStatsRequest request, IResponseStream<Cri.StreamContainerStatsResponse> responses, CallContext call)
    {
        foreach (var piece in Pieces.Of(runtime.ListContainerStats(FilterMapping.ToDomain(request.Filter)).Select(StatsMapping.ToCri)))
        {
            var response = new Cri.StreamContainerStatsResponse();
            response.ContainerStats.Add(piece);
            await responses.WriteAsync(response, call.CancellationToken);
        }
    }
}
