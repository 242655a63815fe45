using Keelson.Sandboxes;

namespace Keelson.CriServer.Mapping;

/// <summary>Containers as lists and statuses report them.</summary>
internal static class ContainerMapping
{
    internal static Cri.Container ToListItem(ContainerSnapshot container)
    {
        var item = new Cri.Container
        {
            Id = container.Id.Value,
            PodSandboxId = container.SandboxId.Value,
            Metadata = Metadata(container.Config.Metadata),
            Image = ImageMapping.ToSpec(container.Config.Image),
            ImageRef = container.Identity.Image.RepoDigest,
            ImageId = container.Identity.Image.Id.Value,
            State = State(container),
            CreatedAt = container.CreatedAtNanoseconds,
        };
        item.Labels.Add(container.Config.Labels);
        item.Annotations.Add(container.Config.Annotations);
        return item;
    }

    internal static Cri.ContainerStatus ToStatus(ContainerSnapshot container)
    {
        ContainerStatus state = container.Status;
        var status = new Cri.ContainerStatus
        {
            Id = container.Id.Value,
            Metadata = Metadata(container.Config.Metadata),
            State = State(container),
            CreatedAt = container.CreatedAtNanoseconds,
            StartedAt = state.StartedAtNanoseconds,
            FinishedAt = state.FinishedAtNanoseconds,
            ExitCode = state.ExitCode,
            Reason = state.Reason,
            Message = state.Message,
            Image = ImageMapping.ToSpec(container.Config.Image),
            ImageRef = container.Identity.Image.RepoDigest,
            ImageId = container.Identity.Image.Id.Value,
            LogPath = container.Identity.LogPath,
            Resources = new Cri.ContainerResources { Linux = ResourcesMapping.ToCri(state.Resources) },
            User = new Cri.ContainerUser { Linux = User(container.Identity.User) },
            StopSignal = SignalMapping.ToCri(container.Identity.StopSignal),
        };
        status.Labels.Add(container.Config.Labels);
        status.Annotations.Add(container.Config.Annotations);
        status.Mounts.Add(container.Config.Mounts.Select(MountMapping.ToCri));
        return status;
    }

    internal static Cri.ContainerMetadata Metadata(ContainerMetadata metadata) => new() { Name = metadata.Name, Attempt = metadata.Attempt };

    private static Cri.ContainerState State(ContainerSnapshot container) => (Cri.ContainerState)ReportedStates.Of(container.State);

    private static Cri.LinuxContainerUser User(ContainerUser user)
    {
        var message = new Cri.LinuxContainerUser { Uid = user.Uid, Gid = user.Gid };
        message.SupplementalGroups.Add(user.SupplementalGroups);
        return message;
    }
}
