using Keelson.CriServer.Mapping;
using Keelson.CriServer.Registry;
using Keelson.Grpc;
using Keelson.Sandboxes;

namespace Keelson.CriServer.RuntimeApi;

/// <summary>One pod's counters.</summary>
internal sealed class PodSandboxStats(IPodRuntime runtime)
{
    internal Task<Cri.PodSandboxStatsResponse> HandleAsync(Cri.PodSandboxStatsRequest request, CallContext call)
    {
        SandboxSnapshot sandbox = ObjectLookup.Sandbox(runtime, request.PodSandboxId);
        return Task.FromResult(new Cri.PodSandboxStatsResponse { Stats = SandboxStatsMapping.ToCri(runtime.SandboxStats(sandbox.Id)) });
    }
}
