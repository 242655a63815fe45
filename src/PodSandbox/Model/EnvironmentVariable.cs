namespace Keelson.Sandboxes;

/// <summary>One environment variable; CRI values are bytes and need not be UTF-8.</summary>
public sealed record EnvironmentVariable(string Name, ReadOnlyMemory<byte> Value)
{
    /// <summary>The name only: values may be secrets, and records print themselves into logs.</summary>
    public override string ToString() => $"{Name}=...";
}
