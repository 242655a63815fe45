using Keelson.Core;
using Keelson.Oci.Cgroups;
using Keelson.Sandboxes.Spec;

namespace Keelson.Sandboxes;

/// <summary>UpdateContainerResources: the kernel first, then the record; if either refuses, both stay as they were.</summary>
internal sealed class UpdateContainer(PodContext pod)
{
    internal async Task UpdateAsync(ContainerId id, LinuxResources resources, CancellationToken cancellationToken)
    {
        ContainerEntry entry = pod.Containers.Get(id);
        using KeyedLock<ContainerId>.Releaser held = await pod.ContainerLocks.AcquireAsync(id, cancellationToken);
        ContainerSnapshot container = entry.Snapshot;
        LinuxResources old = container.Status.Resources;
        LinuxResources merged = ResourcesContributor.Merge(old, resources);
        switch (container.State)
        {
            case ContainerState.Created:
                // Checked and applied when it starts.
                entry.Update(status => status with { Resources = merged });
                break;
            case ContainerState.Running:
                ICgroup cgroup = pod.CgroupOf(container.Identity, pod.Sandboxes.Get(container.SandboxId).Snapshot.Config);
                cgroup.Update(ResourcesContributor.Limits(merged));
                Record(entry, cgroup, old, merged);
                break;
            default:
                throw new KeelsonException(ErrorKind.FailedPrecondition, $"update container {id.Short}: it is {container.State}");
        }
    }

    private static void Record(ContainerEntry entry, ICgroup cgroup, LinuxResources old, LinuxResources merged)
    {
        try
        {
            entry.Update(status => status with { Resources = merged });
        }
        catch (KeelsonException)
        {
            cgroup.Update(ResourcesContributor.Limits(old));
            throw;
        }
    }
}
