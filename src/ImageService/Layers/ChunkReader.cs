namespace Keelson.Images.Layers;

/// <summary>Reads a <see cref="ChunkQueue"/> as a run of bytes, giving slices of the chunks themselves instead of copies.</summary>
internal sealed class ChunkReader(ChunkQueue queue, CancellationToken cancellationToken) : IDisposable
{
    private Chunk _current;
    private int _position;

    /// <summary>1 to <paramref name="most"/> bytes, valid until the next call; empty at the end.</summary>
    internal ReadOnlySpan<byte> Take(long most)
    {
        if (!Refill())
        {
            return [];
        }

        int count = (int)Math.Min(most, _current.Length - _position);
        ReadOnlySpan<byte> slice = _current.Span.Slice(_position, count);
        _position += count;
        return slice;
    }

    /// <summary>What <see cref="Take"/> would give next, at most one chunk, without taking it.</summary>
    internal ReadOnlySpan<byte> Peek() => Refill() ? _current.Span[_position..] : [];

    /// <summary>Fills <paramref name="target"/>, or gives how many bytes were left.</summary>
    internal int Read(Span<byte> target)
    {
        int done = 0;
        while (done < target.Length)
        {
            ReadOnlySpan<byte> slice = Take(target.Length - done);
            if (slice.IsEmpty)
            {
                break;
            }

            slice.CopyTo(target[done..]);
            done += slice.Length;
        }

        return done;
    }

    /// <summary>Passes over <paramref name="count"/> bytes; false where fewer are left.</summary>
    internal bool Skip(long count)
    {
        while (count > 0)
        {
            ReadOnlySpan<byte> slice = Take(count);
            if (slice.IsEmpty)
            {
                return false;
            }

            count -= slice.Length;
        }

        return true;
    }

    /// <summary>Reads to the end, so that the stages before can get there too.</summary>
    internal void Drain() => Skip(long.MaxValue);

    public void Dispose()
    {
        _current.Return();
        _current = default;
        _position = 0;
    }

    private bool Refill()
    {
        while (_position == _current.Length)
        {
            Dispose();
            if (!queue.TryTake(out _current, cancellationToken))
            {
                return false;
            }
        }

        return true;
    }
}
