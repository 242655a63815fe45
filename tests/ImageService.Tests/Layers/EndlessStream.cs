namespace Keelson.ImageService.Tests.Layers;

/// <summary>A tar of one file that goes on for ever.</summary>
internal sealed class EndlessStream : Stream
{
    private readonly byte[] _head = new TestKit.Images.TarBuilder()
        .Add(new TestKit.Images.TarEntry("endless", '0') { ClaimedSize = 1L << 36 }).ToArrayWithoutEnd();

    private int _position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        int some = Math.Min(count, 512);
        Array.Clear(buffer, offset, some);
        if (_position < _head.Length)
        {
            some = Math.Min(some, _head.Length - _position);
            Array.Copy(_head, _position, buffer, offset, some);
            _position += some;
        }

        return some;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await Task.Delay(1, cancellationToken);
        byte[] some = new byte[Math.Min(512, buffer.Length)];
        int count = Read(some, 0, some.Length);
        some.AsMemory(0, count).CopyTo(buffer);
        return count;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
