using Keelson.CriServer.Mapping;
using Keelson.Grpc;
using Keelson.Sandboxes;

namespace Keelson.CriServer.RuntimeApi;

/// <summary>Ready pods' counters, which a kubelet with PodAndContainerStatsFromCRI asks for instead of reading cgroups.</summary>
internal sealed class ListPodSandboxStats(IPodRuntime runtime)
{
    internal Task<Cri.ListPodSandboxStatsResponse> HandleAsync(Cri.ListPodSandboxStatsRequest request, CallContext call)
    {
        var response = new Cri.ListPodSandboxStatsResponse();
        response.Stats.Add(runtime.ListSandboxStats(FilterMapping.ToDomain(request.Filter)).Select(SandboxStatsMapping.ToCri));
        return Task.FromResult(response);
    }
}
