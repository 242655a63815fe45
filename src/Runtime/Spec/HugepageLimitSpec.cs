namespace Keelson.Oci.Spec;

/// <summary>A limit for one huge page size, e.g. <c>2MB</c>.</summary>
public sealed record HugepageLimitSpec(string PageSize, ulong Limit);
