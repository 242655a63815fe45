namespace Keelson.Integration;

public sealed record Pod(string Id, Cri.PodSandboxConfig Config)
{
    public string LogPath(Cri.ContainerConfig container) => $"{Config.LogDirectory}/{container.LogPath}";
}
