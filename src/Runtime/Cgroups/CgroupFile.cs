using System.Globalization;
using System.Text;
using Keelson.Core;
using Keelson.Linux;

namespace Keelson.Oci.Cgroups;

/// <summary>Reads and writes of the kernel's small text files.</summary>
internal static class CgroupFile
{
    /// <summary>The text without its last line end; null when there is no such file.</summary>
    internal static string? TryRead(HostPath directory, string name)
    {
        try
        {
            return File.ReadAllText($"{directory.Value}/{name}").TrimEnd('\n');
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (IOException)
        {
            // ENODEV: the group went away between open and read.
            return null;
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
