namespace Keelson.Images.Layers;

/// <summary>An extended attribute of an archive entry.</summary>
internal readonly record struct TarAttribute(byte[] Name, byte[] Value);
