using System.Buffers;

namespace Keelson.Images.Layers;

/// <summary>Bytes on their way from one stage to the next, in a rented array that the last stage returns.</summary>
internal readonly record struct Chunk(byte[]? Array, int Length)
{
    internal ReadOnlySpan<byte> Span => Array.AsSpan(0, Length);

    internal static byte[] Rent(int size) => ArrayPool<byte>.Shared.Rent(size);

    internal void Return()
    {
        if (Array is not null)
        {
            ArrayPool<byte>.Shared.Return(Array);
        }
    }
}
