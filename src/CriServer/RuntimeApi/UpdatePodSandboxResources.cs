using Keelson.CriServer.Mapping;
using Keelson.CriServer.Registry;
using Keelson.Grpc;
using Keelson.Sandboxes;

namespace Keelson.CriServer.RuntimeApi;

/// <summary>What the pod is entitled to now, told after the kubelet has changed the pod's cgroup.</summary>
internal sealed class UpdatePodSandboxResources(IPodRuntime runtime)
{
    internal async Task<Cri.UpdatePodSandboxResourcesResponse> HandleAsync(Cri.UpdatePodSandboxResourcesRequest request, CallContext call)
    {
        SandboxSnapshot sandbox = ObjectLookup.Sandbox(runtime, request.PodSandboxId);
        await runtime.UpdateSandboxResourcesAsync(
            sandbox.Id, ResourcesMapping.ToDomain(request.Overhead), ResourcesMapping.ToDomain(request.Resources), call.CancellationToken);
        return new Cri.UpdatePodSandboxResourcesResponse();
    }
}
