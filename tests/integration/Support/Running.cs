namespace Keelson.Integration;

/// <summary>A container that was started.</summary>
public sealed record Running(string Id, string LogPath);
