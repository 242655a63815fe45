namespace Keelson.Oci.Spec;

/// <summary>One resource limit, e.g. <c>RLIMIT_NOFILE</c>.</summary>
public sealed record RlimitSpec(string Type, ulong Soft, ulong Hard);
