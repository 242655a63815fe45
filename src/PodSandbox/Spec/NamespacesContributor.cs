using Keelson.Oci.Spec;

namespace Keelson.Sandboxes.Spec;

/// <summary>Which namespaces the container makes, and which it takes over from the pod.</summary>
internal sealed class NamespacesContributor : ISpecContributor
{
    public void Contribute(SpecDraft draft, SpecInputs inputs)
    {
        var own = new List<NamespaceSpec> { new(NamespaceTypes.Mount) };
        if (inputs.Namespaces.Pid == NamespaceMode.Container)
        {
            own.Add(new NamespaceSpec(NamespaceTypes.Pid));
        }

        // Privileged containers manage the node's groups; all others see their own group as the root.
        if (!inputs.Privileged)
        {
            own.Add(new NamespaceSpec(NamespaceTypes.Cgroup));
        }

        if (!inputs.HostNetwork)
        {
            // The UTS namespace goes with the network: the CRI has no switch of its own for it.
            draft.Joined.AddRange([NamespaceTypes.Network, NamespaceTypes.Uts]);
        }

        if (!inputs.HostIpc)
        {
            draft.Joined.Add(NamespaceTypes.Ipc);
        }

        bool hostPid = inputs.Sandbox.Config.Security.Namespaces.Pid == NamespaceMode.Node;
        if (inputs.Namespaces.Pid == NamespaceMode.Target || (inputs.Namespaces.Pid == NamespaceMode.Pod && !hostPid))
        {
            draft.Joined.Add(NamespaceTypes.Pid);
        }

        draft.Linux = draft.Linux with { Namespaces = [.. own] };
        draft.Root = new RootSpec { Path = inputs.RootDirectory.Value, Readonly = inputs.Config.Security.ReadonlyRootfs };
    }
}
