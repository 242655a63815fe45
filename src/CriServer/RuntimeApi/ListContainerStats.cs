using Keelson.CriServer.Mapping;
using Keelson.Grpc;
using Keelson.Sandboxes;

namespace Keelson.CriServer.RuntimeApi;

/// <summary>Running containers' counters, by which the kubelet decides about eviction.</summary>
internal sealed class ListContainerStats(IPodRuntime runtime)
{
    internal Task<Cri.ListContainerStatsResponse> HandleAsync(Cri.ListContainerStatsRequest request, CallContext call)
    {
        var response = new Cri.ListContainerStatsResponse();
        response.Stats.Add(runtime.ListContainerStats(FilterMapping.ToDomain(request.Filter)).Select(StatsMapping.ToCri));
        return Task.FromResult(response);
    }
}
