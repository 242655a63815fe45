using Keelson.CriServer.Mapping;
using Keelson.CriServer.Registry;
using Keelson.Grpc;
using Keelson.Sandboxes;

namespace Keelson.CriServer.RuntimeApi;

/// <summary>One sandbox, from memory; verbose reads files.</summary>
internal sealed class PodSandboxStatus(IPodRuntime runtime)
{
    internal async Task<Cri.PodSandboxStatusResponse> HandleAsync(Cri.PodSandboxStatusRequest request, CallContext call)
    {
        SandboxSnapshot sandbox = ObjectLookup.Sandbox(runtime, request.PodSandboxId);
        var response = new Cri.PodSandboxStatusResponse { Status = SandboxMapping.ToStatus(sandbox) };
        if (request.Verbose)
        {
            response.Info.Add(InfoMap.Key, await runtime.SandboxInfoAsync(sandbox.Id, call.CancellationToken));
        }

        return response;
    }
}
