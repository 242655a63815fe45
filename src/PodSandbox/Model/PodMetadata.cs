namespace Keelson.Sandboxes;

/// <summary>Who a sandbox belongs to. The four together name it: no two sandboxes share them.</summary>
public sealed record PodMetadata(string Name, string Namespace, string Uid, uint Attempt)
{
    /// <summary>The reserved name.</summary>
    public string ReservedName => $"{Name}_{Namespace}_{Uid}_{Attempt}";
}
