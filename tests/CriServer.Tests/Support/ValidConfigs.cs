namespace Keelson.CriServer.Tests.Support;

/// <summary>The least that is accepted.</summary>
internal static class ValidConfigs
{
    internal static Cri.PodSandboxConfig Sandbox() => new()
    {
        Metadata = new Cri.PodSandboxMetadata { Name = "pod", Namespace = "ns", Uid = "uid", Attempt = 1 },
        Linux = new Cri.LinuxPodSandboxConfig { SecurityContext = new Cri.LinuxSandboxSecurityContext() },
    };

    internal static Cri.ContainerConfig Container() => new()
    {
        Metadata = new Cri.ContainerMetadata { Name = "app", Attempt = 1 },
        Image = new Cri.ImageSpec { Image = "busybox" },
        Linux = new Cri.LinuxContainerConfig { SecurityContext = new Cri.LinuxContainerSecurityContext() },
    };
}
