namespace Keelson.Sandboxes;

/// <summary>A limit for one huge page size, e.g. <c>2MB</c>.</summary>
public sealed record HugepageLimit(string PageSize, ulong Limit);
