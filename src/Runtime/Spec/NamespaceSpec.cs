namespace Keelson.Oci.Spec;

/// <summary>One namespace: a new one, or with a path an existing one.</summary>
public sealed record NamespaceSpec(string Type, string? Path = null);
