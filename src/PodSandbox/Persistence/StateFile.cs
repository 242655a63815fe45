namespace Keelson.Sandboxes;

/// <summary>The envelope of every state file.</summary>
/// <param name="Version">Of the content's meaning; a reader refuses one that it does not know.</param>
/// <param name="Content">The record.</param>
internal sealed record StateFile<T>(int Version, T Content);
