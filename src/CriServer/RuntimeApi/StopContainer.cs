using Keelson.CriServer.Registry;
using Keelson.Grpc;
using Keelson.Sandboxes;

namespace Keelson.CriServer.RuntimeApi;

/// <summary>Ends a container. One that is not there has ended.</summary>
internal sealed class StopContainer(IPodRuntime runtime)
{
    /// <summary>Longer than any pod's grace period; a larger number of seconds does not fit a time span.</summary>
    private const long LongestGrace = 365L * 24 * 60 * 60;

    internal async Task<Cri.StopContainerResponse> HandleAsync(Cri.StopContainerRequest request, CallContext call)
    {
        if (ObjectLookup.FindContainer(runtime, request.ContainerId) is { } container)
        {
            TimeSpan grace = TimeSpan.FromSeconds(Math.Clamp(request.Timeout, 0, LongestGrace));
            await runtime.StopContainerAsync(container.Id, grace, call.CancellationToken);
        }

        return new Cri.StopContainerResponse();
    }
}
