namespace Keelson.Images.Layers;

/// <summary>What a layer takes once unpacked.</summary>
/// <param name="Bytes">File content in whole 4 KiB blocks, and one block per directory.</param>
/// <param name="Inodes">Everything made, hard links counted once.</param>
internal sealed record UnpackedLayer(long Bytes, long Inodes);
