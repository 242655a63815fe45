using System.Collections.Concurrent;

namespace Keelson.Images.Layers;

/// <summary>
/// The arrays of one unpack's chunks, used again and again and gone with it. The shared pool would keep them: some
/// megabytes for each layer of the largest pull so far, in a daemon that then waits for days.
/// </summary>
internal sealed class ChunkPool(int chunkBytes)
{
    private readonly ConcurrentStack<byte[]> _free = new();

    internal byte[] Rent() => _free.TryPop(out byte[]? array) ? array : GC.AllocateUninitializedArray<byte>(chunkBytes);

    internal void Return(byte[] array) => _free.Push(array);
}
