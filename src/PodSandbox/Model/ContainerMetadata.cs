namespace Keelson.Sandboxes;

/// <summary>What a container is called within its pod.</summary>
public sealed record ContainerMetadata(string Name, uint Attempt)
{
    /// <summary>The reserved name: unique over all pods.</summary>
    public string ReservedNameIn(PodMetadata pod) => $"{Name}_{pod.Name}_{pod.Namespace}_{pod.Uid}_{Attempt}";
}
