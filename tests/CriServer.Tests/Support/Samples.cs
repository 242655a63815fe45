using Keelson.Core;
using Keelson.Sandboxes;

namespace Keelson.CriServer.Tests.Support;

/// <summary>One sandbox and one container with every field set to something recognisable.</summary>
internal static class Samples
{
    internal static SandboxId SandboxId { get; } = SandboxId.Parse(new string('a', 64));

    internal static ContainerId ContainerId { get; } = ContainerId.Parse(new string('c', 64));

    internal static SandboxConfig SandboxConfig { get; } = new()
    {
        Metadata = new PodMetadata("pod", "ns", "uid", 2),
        Labels = Maps.Of([new("l", "1")]),
        Annotations = Maps.Of([new("a", "x\ny")]),
    };

    internal static SandboxSnapshot Sandbox { get; } = new(
        new SandboxIdentity(SandboxId, SandboxConfig, 123, "boot"),
        new SandboxStatus { State = SandboxState.Ready, Addresses = ["10.0.0.5", "fd00::5"] });

    internal static ContainerSnapshot Container { get; } = new(
        new ContainerIdentity
        {
            Id = ContainerId,
            SandboxId = SandboxId,
            Config = new ContainerConfig
            {
                Metadata = new ContainerMetadata("app", 3),
                Image = new ContainerImage { Image = FakeImages.Busybox.Value, UserSpecifiedImage = "busybox" },
                Labels = Maps.Of([new("l", "2")]),
                Annotations = Maps.Of([new("b", "z")]),
                Mounts = [new ContainerMount { ContainerPath = "/dev/termination-log", HostPath = "/var/lib/t" }],
            },
            Image = new ResolvedImage(FakeImages.Busybox, $"docker.io/library/busybox@{FakeImages.Busybox}", [], ImageRunConfig.Empty),
            CreatedAtNanoseconds = 124,
            BootId = "boot",
            LogPath = "/var/log/pods/x/0.log",
            User = new ContainerUser { Uid = 1, Gid = 2, SupplementalGroups = [3] },
            StopSignal = "SIGUSR1",
        },
        new ContainerStatus
        {
            State = ContainerState.Exited,
            StartedAtNanoseconds = 125,
            FinishedAtNanoseconds = 126,
            ExitCode = 137,
            Reason = "OOMKilled",
            Message = "m",
            Resources = new LinuxResources { CpuShares = 512 },
        });
}
