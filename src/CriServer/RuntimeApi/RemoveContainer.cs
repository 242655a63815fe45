using Keelson.CriServer.Registry;
using Keelson.Grpc;
using Keelson.Sandboxes;

namespace Keelson.CriServer.RuntimeApi;

/// <summary>Removes a container. One that is not there is removed.</summary>
internal sealed class RemoveContainer(IPodRuntime runtime)
{
    internal async Task<Cri.RemoveContainerResponse> HandleAsync(Cri.RemoveContainerRequest request, CallContext call)
    {
        if (ObjectLookup.FindContainer(runtime, request.ContainerId) is { } container)
        {
            await runtime.RemoveContainerAsync(container.Id, call.CancellationToken);
        }

        return new Cri.RemoveContainerResponse();
    }
}
