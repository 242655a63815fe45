using Keelson.CriServer.Registry;
using Keelson.Grpc;
using Keelson.Sandboxes;

namespace Keelson.CriServer.RuntimeApi;

/// <summary>Removes a sandbox. One that is not there is removed.</summary>
internal sealed class RemovePodSandbox(IPodRuntime runtime)
{
    internal async Task<Cri.RemovePodSandboxResponse> HandleAsync(Cri.RemovePodSandboxRequest request, CallContext call)
    {
        if (ObjectLookup.FindSandbox(runtime, request.PodSandboxId) is { } sandbox)
        {
            await runtime.RemoveSandboxAsync(sandbox.Id, call.CancellationToken);
        }

        return new Cri.RemovePodSandboxResponse();
    }
}
