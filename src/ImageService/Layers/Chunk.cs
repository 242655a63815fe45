namespace Keelson.Images.Layers;

/// <summary>Bytes on their way from one stage to the next, in an array of a pool that the last stage returns it to.</summary>
internal readonly record struct Chunk(byte[]? Array, int Length, ChunkPool? Pool)
{
    internal ReadOnlySpan<byte> Span => Array.AsSpan(0, Length);

    internal void Return()
    {
        if (Array is not null)
        {
            Pool!.Return(Array);
        }
    }
}
