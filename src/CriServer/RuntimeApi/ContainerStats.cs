using Keelson.CriServer.Mapping;
using Keelson.CriServer.Registry;
using Keelson.Grpc;
using Keelson.Sandboxes;

namespace Keelson.CriServer.RuntimeApi;

/// <summary>One container's counters.</summary>
internal sealed class ContainerStats(IPodRuntime runtime)
{
    internal Task<Cri.ContainerStatsResponse> HandleAsync(Cri.ContainerStatsRequest request, CallContext call)
    {
        ContainerSnapshot container = ObjectLookup.Container(runtime, request.ContainerId);
        return Task.FromResult(new Cri.ContainerStatsResponse { Stats = StatsMapping.ToCri(runtime.ContainerStats(container.Id)) });
    }
}
