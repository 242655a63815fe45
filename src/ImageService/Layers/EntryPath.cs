namespace Keelson.Images.Layers;

/// <summary>
/// An archive's name for a place below the layer's root: components joined by single slashes, no <c>.</c>, no
/// <c>..</c>, no slash at either end. Reused from entry to entry.
/// </summary>
internal sealed class EntryPath(LayerLimits limits)
{
    private const int LongestName = 255;

    private readonly byte[] _text = new byte[limits.PathBytes + 1];
    private int _length;
    private int _nameStart;

    internal bool IsRoot => _length == 0;

    internal ReadOnlySpan<byte> Full => _text.AsSpan(0, _length);

    /// <summary>The last component.</summary>
    internal ReadOnlySpan<byte> Name => _text.AsSpan(_nameStart, _length - _nameStart);

    /// <summary>What is before it; empty is the root.</summary>
    internal ReadOnlySpan<byte> Parent => _text.AsSpan(0, Math.Max(0, _nameStart - 1));

    /// <summary>
    /// Takes <paramref name="raw"/> as an absolute path of the layer. <c>..</c> takes back a component as written and
    /// stops at the root, as chroot(2) would have it.
    /// </summary>
    /// <exception cref="Core.KeelsonException">FailedPrecondition or ResourceExhausted: no possible path, or beyond the limits.</exception>
    internal void Set(ReadOnlySpan<byte> raw)
    {
        if (raw.Length > limits.PathBytes)
        {
            throw LayerErrors.TooMuch($"the tar has a name of more than {limits.PathBytes} bytes");
        }

        if (raw.Contains((byte)0))
        {
            throw LayerErrors.Malformed(raw, "NUL in the name");
        }

        _length = 0;
        int depth = 0;
        foreach (Range range in raw.Split((byte)'/'))
        {
            ReadOnlySpan<byte> component = raw[range];
            if (component.IsEmpty || component.SequenceEqual("."u8))
            {
                continue;
            }

            if (component.SequenceEqual(".."u8))
            {
                _length = Math.Max(0, Full.LastIndexOf((byte)'/'));
                depth = Math.Max(0, depth - 1);
                continue;
            }

            if (component.Length > LongestName)
            {
                throw LayerErrors.Malformed(raw, $"a name of more than {LongestName} bytes");
            }

            if (++depth > limits.PathDepth)
            {
                throw LayerErrors.TooMuch($"entry '{LayerErrors.Show(raw)}': deeper than {limits.PathDepth} directories");
            }

            Append(component);
        }

        _nameStart = Full.LastIndexOf((byte)'/') + 1;
    }

    private void Append(ReadOnlySpan<byte> component)
    {
        if (_length > 0)
        {
            _text[_length++] = (byte)'/';
        }

        component.CopyTo(_text.AsSpan(_length));
        _length += component.Length;
    }
}
