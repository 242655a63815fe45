using Keelson.CriServer.Mapping;
using Keelson.Grpc;
using Keelson.Sandboxes;

namespace Keelson.CriServer.RuntimeApi;

/// <summary>Events from now on, until the client hangs up.</summary>
internal sealed class GetContainerEvents(IPodRuntime runtime)
{
    internal async Task HandleAsync(Cri.GetEventsRequest request, IResponseStream<Cri.ContainerEventResponse> responses, CallContext call)
    {
        await foreach (PodEvent happened in runtime.EventsAsync(call.CancellationToken))
        {
            // Without its sandbox an event tells the kubelet nothing.
            if (happened.Sandbox is { } sandbox)
            {
                await responses.WriteAsync(Response(happened, sandbox), call.CancellationToken);
            }
        }
    }

    private Cri.ContainerEventResponse Response(PodEvent happened, SandboxSnapshot sandbox)
    {
        var response = new Cri.ContainerEventResponse
        {
            // An event of the sandbox itself bears the sandbox's id.
            ContainerId = happened.Container?.Id.Value ?? sandbox.Id.Value,
            ContainerEventType = (Cri.ContainerEventType)happened.Kind,
            CreatedAt = happened.TimestampNanoseconds,
            PodSandboxStatus = SandboxMapping.ToStatus(sandbox),
        };
        response.ContainersStatuses.Add(
            runtime.ListContainers(new ContainerFilter { SandboxIdPrefix = sandbox.Id.Value }).Select(ContainerMapping.ToStatus));
        return response;
    }
}
