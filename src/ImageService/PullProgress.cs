namespace Keelson.Images;

/// <summary>How far a pull is.</summary>
/// <param name="Image">The normalised reference.</param>
/// <param name="Stage">What it is doing: <c>resolving</c>, <c>downloading</c> or <c>publishing</c>.</param>
/// <param name="LayersDone">Layers unpacked or found on the node.</param>
/// <param name="LayersTotal">Layers of the image; 0 until the manifest is known.</param>
/// <param name="BytesRead">Compressed bytes read so far.</param>
/// <param name="BytesTotal">Compressed bytes to read; layers found on the node do not count.</param>
/// <param name="Since">When the pull began.</param>
public sealed record PullProgress(
    string Image, string Stage, int LayersDone, int LayersTotal, long BytesRead, long BytesTotal, DateTimeOffset Since);
