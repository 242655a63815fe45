using Keelson.Linux;

namespace Keelson.Images.Layers;

/// <summary>A <see cref="ChunkReader"/> for decoders that want a stream. Blocks its thread.</summary>
internal sealed class ChunkStream(ChunkReader reader) : ForwardStream
{
    public override int Read(Span<byte> buffer)
    {
        ReadOnlySpan<byte> slice = reader.Take(buffer.Length);
        slice.CopyTo(buffer);
        return slice.Length;
    }
}
