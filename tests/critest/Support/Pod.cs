namespace Keelson.CriTest;

/// <summary>A pod sandbox that runs, with the configuration it was asked for with.</summary>
public sealed record Pod(string Id, Cri.PodSandboxConfig Config)
{
    public string LogPath(Cri.ContainerConfig container) => $"{Config.LogDirectory}/{container.LogPath}";
}
