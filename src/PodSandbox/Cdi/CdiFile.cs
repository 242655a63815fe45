namespace Keelson.Sandboxes.Cdi;

/// <summary>A file of a directory of specifications.</summary>
/// <param name="Path">Its name there.</param>
/// <param name="Stamp">What it looked like when it was read.</param>
/// <param name="Document">What it says; null where it is no specification.</param>
internal sealed record CdiFile(string Path, CdiFileStamp Stamp, CdiDocument? Document);
