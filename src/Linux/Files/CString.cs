using System.Text;

namespace Keelson.Linux;

/// <summary>File names as the kernel has them: bytes, ended by a NUL. Not text: an image may hold names that are no UTF-8.</summary>
internal static class CString
{
    internal const int PathMax = 4096;

    /// <summary>Bytes to reserve for <paramref name="text"/> and its NUL.</summary>
    /// <exception cref="LinuxException">ENAMETOOLONG: longer than any path may be, so it must not reach a stackalloc.</exception>
    internal static int BytesFor(ReadOnlySpan<byte> text) =>
        text.Length < PathMax ? text.Length + 1 : throw new LinuxException("open", Show(text), Errno.ENAMETOOLONG);

    /// <summary>Copies <paramref name="text"/> and a NUL into <paramref name="buffer"/>.</summary>
    /// <exception cref="LinuxException">EINVAL: a NUL inside would cut the name and make it another.</exception>
    internal static Span<byte> Terminate(ReadOnlySpan<byte> text, Span<byte> buffer)
    {
        if (text.Contains((byte)0))
        {
            throw new LinuxException("open", Show(text), Errno.EINVAL);
        }

        text.CopyTo(buffer);
        buffer[text.Length] = 0;
        return buffer[..(text.Length + 1)];
    }

    /// <summary>For messages: control characters are replaced, so that a name cannot forge a log line.</summary>
    internal static string Show(ReadOnlySpan<byte> name)
    {
        const int Longest = 256;
        string text = Encoding.UTF8.GetString(name.Length > Longest ? name[..Longest] : name);
        return string.Create(text.Length, text, static (target, source) =>
        {
            for (int i = 0; i < target.Length; i++)
            {
                target[i] = char.IsControl(source[i]) ? '?' : source[i];
            }
        });
    }
}
