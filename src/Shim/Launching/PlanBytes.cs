using System.Buffers;
using Keelson.Linux;

namespace Keelson.Shim.Launching;

/// <summary>A copy of a plan's image outside the garbage collected heap, where a hundred kilobytes would stay for long.</summary>
internal sealed class PlanBytes : MemoryManager<byte>
{
    private readonly NativeBuffer _buffer;

    public PlanBytes(ReadOnlySpan<byte> image)
    {
        _buffer = new NativeBuffer(image.Length);
        _buffer.Append(image);
    }

    public void Dispose() => Dispose(true);

    public override Span<byte> GetSpan() => _buffer.Content;

    public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing) => _buffer.Dispose();
}
