using Keelson.Linux;

namespace Keelson.Shim.Stdio;

/// <summary>
/// Turns one stream of a container into lines of the CRI log format: <c>timestamp stream tag content</c>. The tag is F
/// for a line that ended in a newline and P for a piece of one: content over the limit, or the last content of the
/// stream. Joining P pieces to the next F gives the stream back, byte for byte; carriage returns are content.
/// </summary>
internal sealed class CriLogWriter(CriLogFile file, StreamName stream, int lineLimit, NativeBuffer output)
{
    private const int TagOffset = 2;

    private readonly byte[] _prefix = MakePrefix(stream);
    private readonly LogTimestamp _timestamp = new();

    private int TagAt => _prefix.Length - TagOffset;

    /// <summary>
    /// Writes all lines of <paramref name="content"/> and gives the length of the tail that is no line yet, at most the
    /// line limit: the caller puts it in front of what it reads next. One timestamp serves the whole call.
    /// </summary>
    public int Write(ReadOnlySpan<byte> content, long nanoseconds)
    {
        _timestamp.Format(nanoseconds).CopyTo(_prefix);
        while (true)
        {
            int end = content.IndexOf((byte)'\n');
            int length = end < 0 ? content.Length : end;

            // A line as long as the limit may still be ended by the next byte, so only a longer one is cut.
            while (length > lineLimit)
            {
                Put(content[..lineLimit], (byte)'P');
                content = content[lineLimit..];
                length -= lineLimit;
            }

            if (end < 0)
            {
                break;
            }

            Put(content[..length], (byte)'F');
            content = content[(length + 1)..];
        }

        Flush();
        return content.Length;
    }

    /// <summary>The stream has ended; <paramref name="tail"/> is what <see cref="Write"/> left, if anything.</summary>
    public void End(ReadOnlySpan<byte> tail, long nanoseconds)
    {
        if (!tail.IsEmpty)
        {
            _timestamp.Format(nanoseconds).CopyTo(_prefix);
            Put(tail, (byte)'P');
            Flush();
        }
    }

    private static byte[] MakePrefix(StreamName stream)
    {
        ReadOnlySpan<byte> name = stream == StreamName.Stdout ? " stdout F "u8 : " stderr F "u8;
        var prefix = new byte[LogTimestamp.Length + name.Length];
        name.CopyTo(prefix.AsSpan(LogTimestamp.Length));
        return prefix;
    }

    private void Put(ReadOnlySpan<byte> content, byte tag)
    {
        int needed = _prefix.Length + content.Length + 1;
        if (output.Free.Length < needed)
        {
            Flush();
            output.Reserve(needed);
        }

        _prefix[TagAt] = tag;
        Span<byte> target = output.Free;
        _prefix.CopyTo(target);
        content.CopyTo(target[_prefix.Length..]);
        target[needed - 1] = (byte)'\n';
        output.Advance(needed);
    }

    private void Flush()
    {
        if (output.Length > 0)
        {
            file.Append(output.Content);
            output.Clear();
        }
    }
}
