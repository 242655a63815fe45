using Keelson.Core;
using Keelson.CriServer.Mapping;
using Keelson.Grpc;
using Keelson.Sandboxes;

namespace Keelson.CriServer.RuntimeApi;

/// <summary>Makes a sandbox; ready when it returns.</summary>
internal sealed class RunPodSandbox(IPodRuntime runtime)
{
    internal async Task<Cri.RunPodSandboxResponse> HandleAsync(Cri.RunPodSandboxRequest request, CallContext call)
    {
        string handler = request.RuntimeHandler;
        Invalid.Unless(handler.Length == 0 || runtime.RuntimeHandlers().ContainsKey(handler), $"runtime_handler '{handler}' is not configured");
        SandboxConfig config = SandboxConfigMapping.ToDomain(request.Config, handler);
        Invalid.Unless(
            config.Security.Namespaces.UserNamespace is not { Mode: NamespaceMode.Pod }, "userns_options: user namespaces are not supported");
        SandboxId id = await runtime.RunSandboxAsync(config, call.CancellationToken);
        return new Cri.RunPodSandboxResponse { PodSandboxId = id.Value };
    }
}
