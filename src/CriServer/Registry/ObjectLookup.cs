using Keelson.Core;
using Keelson.CriServer.Mapping;
using Keelson.Sandboxes;

namespace Keelson.CriServer.Registry;

/// <summary>
/// From an id in a request, or the beginning of one as people type it, to the object. The two forms are the two
/// promises of the interface: what must be repeatable takes a missing object for done, everything else is NotFound.
/// </summary>
internal static class ObjectLookup
{
    internal static SandboxSnapshot? FindSandbox(IPodRuntime runtime, string id)
    {
        // Every id begins with the empty one.
        Invalid.Unless(id.Length > 0, "pod_sandbox_id is empty");
        return runtime.FindSandbox(id);
    }

    internal static ContainerSnapshot? FindContainer(IPodRuntime runtime, string id)
    {
        Invalid.Unless(id.Length > 0, "container_id is empty");
        return runtime.FindContainer(id);
    }

    internal static SandboxSnapshot Sandbox(IPodRuntime runtime, string id) =>
        FindSandbox(runtime, id) ?? throw new KeelsonException(ErrorKind.NotFound, $"sandbox '{id}': not found");

    internal static ContainerSnapshot Container(IPodRuntime runtime, string id) =>
        FindContainer(runtime, id) ?? throw new KeelsonException(ErrorKind.NotFound, $"container '{id}': not found");
}
