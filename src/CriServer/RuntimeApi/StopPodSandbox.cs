using Keelson.CriServer.Registry;
using Keelson.Grpc;
using Keelson.Sandboxes;

namespace Keelson.CriServer.RuntimeApi;

/// <summary>Stops a sandbox. One that is not there is stopped.</summary>
internal sealed class StopPodSandbox(IPodRuntime runtime)
{
    internal async Task<Cri.StopPodSandboxResponse> HandleAsync(Cri.StopPodSandboxRequest request, CallContext call)
    {
        if (ObjectLookup.FindSandbox(runtime, request.PodSandboxId) is { } sandbox)
        {
            await runtime.StopSandboxAsync(sandbox.Id, call.CancellationToken);
        }

        return new Cri.StopPodSandboxResponse();
    }
}
