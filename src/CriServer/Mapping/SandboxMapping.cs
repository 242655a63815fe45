using Keelson.Sandboxes;

namespace Keelson.CriServer.Mapping;

/// <summary>Sandboxes as lists and statuses report them.</summary>
internal static class SandboxMapping
{
    internal static Cri.PodSandbox ToListItem(SandboxSnapshot sandbox)
    {
        var item = new Cri.PodSandbox
        {
            Id = sandbox.Id.Value,
            Metadata = Metadata(sandbox.Config.Metadata),
            State = State(sandbox),
            CreatedAt = sandbox.CreatedAtNanoseconds,
            RuntimeHandler = sandbox.Config.RuntimeHandler,
        };
        item.Labels.Add(sandbox.Config.Labels);
        item.Annotations.Add(sandbox.Config.Annotations);
        return item;
    }

    internal static Cri.PodSandboxStatus ToStatus(SandboxSnapshot sandbox)
    {
        NamespaceOptions namespaces = sandbox.Config.Security.Namespaces;
        var status = new Cri.PodSandboxStatus
        {
            Id = sandbox.Id.Value,
            Metadata = Metadata(sandbox.Config.Metadata),
            State = State(sandbox),
            CreatedAt = sandbox.CreatedAtNanoseconds,
            Network = Network(sandbox, namespaces),

            // The kubelet compares these with the pod's spec and makes a new sandbox when they differ.
            Linux = new Cri.LinuxPodSandboxStatus { Namespaces = new Cri.Namespace { Options = NamespaceMapping.ToCri(namespaces) } },
            RuntimeHandler = sandbox.Config.RuntimeHandler,
        };
        status.Labels.Add(sandbox.Config.Labels);
        status.Annotations.Add(sandbox.Config.Annotations);
        return status;
    }

    private static Cri.PodSandboxNetworkStatus Network(SandboxSnapshot sandbox, NamespaceOptions namespaces)
    {
        var network = new Cri.PodSandboxNetworkStatus();

        // With the node's network the kubelet knows the addresses better, and a pod that is down has given its own back.
        if (namespaces.Network != NamespaceMode.Node && sandbox.IsReady && sandbox.Status.Addresses is [{ } first, .. var others])
        {
            network.Ip = first;
            network.AdditionalIps.Add(others.Select(ip => new Cri.PodIP { Ip = ip }));
        }

        return network;
    }

    private static Cri.PodSandboxState State(SandboxSnapshot sandbox) =>
        sandbox.IsReady ? Cri.PodSandboxState.SandboxReady : Cri.PodSandboxState.SandboxNotready;

    internal static Cri.PodSandboxMetadata Metadata(PodMetadata metadata) => new()
    {
        Name = metadata.Name,
        Namespace = metadata.Namespace,
        Uid = metadata.Uid,
        Attempt = metadata.Attempt,
    };
}
