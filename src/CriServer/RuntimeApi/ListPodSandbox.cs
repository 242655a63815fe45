using Keelson.CriServer.Mapping;
using Keelson.Grpc;
using Keelson.Sandboxes;

namespace Keelson.CriServer.RuntimeApi;

/// <summary>The sandboxes that match, from memory.</summary>
internal sealed class ListPodSandbox(IPodRuntime runtime)
{
    internal Task<Cri.ListPodSandboxResponse> HandleAsync(Cri.ListPodSandboxRequest request, CallContext call)
    {
        var response = new Cri.ListPodSandboxResponse();
        response.Items.Add(runtime.ListSandboxes(FilterMapping.ToDomain(request.Filter)).Select(SandboxMapping.ToListItem));
        return Task.FromResult(response);
    }
}
