namespace Keelson.Images.Layers;

/// <summary>What a layer takes once unpacked.</summary>
/// <param name="Bytes">File content in whole 4 KiB blocks, and one block per directory.</param>
/// <param name="Inodes">Everything made, hard links counted once.</param>
internal sealed record UnpackedLayer(long Bytes, long Inodes)
{
    /// <summary>
    /// Directories the archive implies and does not describe, in Latin-1, which keeps every byte; empty text is the root.
    /// They take after the layers below (<see cref="LayerJoin"/>).
    /// </summary>
    public IReadOnlyList<string> ImpliedDirectories { get; init; } = [];
}
