using System.Buffers;
using System.Globalization;
using System.Text;
using Keelson.Core;
using Keelson.Linux;

namespace Keelson.Oci.Cgroups;

/// <summary>Reads and writes of the kernel's small text files.</summary>
internal static class CgroupFile
{
    // memory.stat, the longest that is read often, has some 3 KiB.
    private const int UsualBytes = 8192;

    /// <summary>The text without its last line end; null when there is no such file.</summary>
    internal static string? TryRead(HostPath directory, string name)
    {
        string path = $"{directory.Value}/{name}";
        byte[] buffer = ArrayPool<byte>.Shared.Rent(UsualBytes);
        try
        {
            // Read anew with more room where the text fills the buffer: the kernel makes it up at every reading.
            int length;
            while ((length = PlainFile.TryReadAll(path, buffer, out _)) == buffer.Length)
            {
                int larger = 2 * buffer.Length;
                ArrayPool<byte>.Shared.Return(buffer);
                buffer = ArrayPool<byte>.Shared.Rent(larger);
            }

            // Absent, or ENODEV: the group went away between open and read.
            return length < 0 ? null : Encoding.UTF8.GetString(buffer.AsSpan(0, length).TrimEnd((byte)'\n'));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>A number; null when there is no such file, or it says <c>max</c>.</summary>
    internal static ulong? TryReadNumber(HostPath directory, string name) =>
        ulong.TryParse(TryRead(directory, name), CultureInfo.InvariantCulture, out ulong value) ? value : null;

    /// <summary>The number after <paramref name="key"/> in a file of <c>key value</c> lines.</summary>
    internal static ulong? Field(string? text, string key)
    {
        foreach (ReadOnlySpan<char> line in (text ?? string.Empty).AsSpan().EnumerateLines())
        {
            if (line.StartsWith(key) && line.Length > key.Length && line[key.Length] == ' ' && ulong.TryParse(line[(key.Length + 1)..], CultureInfo.InvariantCulture, out ulong value))
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>Writes the whole value in one write(2), as these files demand.</summary>
    internal static Errno Write(HostPath directory, string name, string value)
    {
        using SafeFd? file = PlainFile.TryOpenWrite($"{directory.Value}/{name}", out Errno error);
        if (file is null)
        {
            return error;
        }

        FdIO.Write(file, Encoding.ASCII.GetBytes(value), out error);
        return error;
    }
}
