namespace Keelson.Sandboxes.Cdi;

/// <summary>A device and the file it is from.</summary>
internal sealed record CdiEntry(string Path, CdiDocument Document, CdiDevice Device);
