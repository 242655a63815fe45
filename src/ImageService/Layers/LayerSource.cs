using Keelson.Core;

namespace Keelson.Images.Layers;

/// <summary>A layer as manifest and config describe it.</summary>
/// <param name="Digest">Of the bytes that travel.</param>
/// <param name="DiffId">Of the uncompressed tar.</param>
/// <param name="Size">Bytes that travel.</param>
/// <param name="MediaType">Tells the compression.</param>
internal sealed record LayerSource(Digest Digest, Digest DiffId, long Size, string MediaType);
