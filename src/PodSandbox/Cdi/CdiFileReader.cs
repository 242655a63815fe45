using System.Text;
using Keelson.Core;
using Keelson.Linux;

namespace Keelson.Sandboxes.Cdi;

/// <summary>Looks at one file, and reads it.</summary>
internal static class CdiFileReader
{
    internal const int MaxBytes = 4 << 20;
    internal const string JsonExtension = ".json";
    internal const string YamlExtension = ".yaml";

    /// <summary>What is at <paramref name="path"/>, behind links; null for nothing.</summary>
    internal static CdiFileStamp? Look(string path)
    {
        string real;
        try
        {
            // Vendors' packages link their file from where it is installed.
            real = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        }
        catch (IOException)
        {
            return null;
        }

        using SafeFd? parent = PlainFile.TryOpenDirectory(Path.GetDirectoryName(real) ?? "/", out _);
        return parent is not null && FilesAt.TryGetStatus(parent, Encoding.UTF8.GetBytes(Path.GetFileName(real)), out FileStatus status) == Errno.None
            ? new CdiFileStamp(real, status.Kind, status.SizeBytes, status.Modified, status.Inode)
            : null;
    }

    /// <exception cref="FormatException">Why it is no specification.</exception>
    internal static CdiDocument Read(CdiFileStamp stamp)
    {
        // Opening a FIFO would wait for whoever writes to it.
        if (stamp.Kind != FileKind.Regular)
        {
            throw new FormatException("not a regular file");
        }

        if (stamp.SizeBytes > MaxBytes)
        {
            throw new FormatException($"larger than {MaxBytes >> 20} MiB");
        }

        byte[] buffer = new byte[stamp.SizeBytes];
        int length = PlainFile.TryReadAll(stamp.RealPath, buffer, out Errno error);
        return length >= 0 ? Parse(buffer.AsSpan(0, length), Path.GetExtension(stamp.RealPath)) : throw new FormatException($"read: {error}");
    }

    /// <inheritdoc cref="Read"/>
    internal static CdiDocument Parse(ReadOnlySpan<byte> text, string extension)
    {
        CdiDocument document = CdiJson.Read(extension == YamlExtension ? CdiYaml.ToJson(text).Span : text);
        CdiRules.Check(document);
        return document;
    }
}
