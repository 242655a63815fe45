using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Keelson.Core;
using Keelson.Linux;

namespace Keelson.Sandboxes;

/// <summary>
/// The record of one sandbox or container: its identity in the first line, then a line for each status it has had, of
/// which the last one holds. A change is one write(2) at the end of a file that is there: no file is made and none is
/// replaced, which is what costs on a file system with a journal. There is no fsync: what the record tells of dies with
/// the boot, and a crash of the daemon loses nothing that was written.
/// </summary>
/// <remarks>
/// A line counts when its line feed is there. What a crash left of a longer one is cut off when the record is read; a
/// write that the file system took only in part (a full disk) is cut off at once.
/// </remarks>
internal static class RecordFile
{
    /// <summary>A record that has grown beyond this is written anew with its last status only.</summary>
    internal const int CompactBytes = 64 * 1024;

    internal const uint PrivateMode = 0x180; // 0600

    private const byte LineFeed = (byte)'\n';

    internal static HostPath In(HostPath directory) => directory.Child("record.jsonl");

    /// <summary>How many whole lines there are: none before the identity, one before the first status.</summary>
    internal static int CountLines(HostPath directory)
    {
        try
        {
            return File.ReadAllBytes(In(directory).Value).Count(LineFeed);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    /// <summary>Writes a new record without a status into the object's directory.</summary>
    /// <exception cref="KeelsonException">The file cannot be made or written.</exception>
    internal static void Announce<TIdentity>(HostPath directory, TIdentity identity, JsonTypeInfo<StateFile<TIdentity>> type) =>
        Create(directory, Line(identity, type));

    /// <summary>Writes a new record into the object's directory.</summary>
    /// <exception cref="KeelsonException">The file cannot be made or written.</exception>
    internal static void Create<TIdentity, TStatus>(
        HostPath directory, TIdentity identity, JsonTypeInfo<StateFile<TIdentity>> identityType, TStatus status, JsonTypeInfo<StateFile<TStatus>> statusType) =>
        Create(directory, [.. Line(identity, identityType), .. Line(status, statusType)]);

    /// <summary>Adds a status.</summary>
    /// <exception cref="KeelsonException">ResourceExhausted: no space; the record is as before. Internal: it cannot be written.</exception>
    internal static void Append<TStatus>(HostPath directory, TStatus status, JsonTypeInfo<StateFile<TStatus>> type)
    {
        HostPath path = In(directory);
        using SafeFd file = PlainFile.TryOpenToAppend(path.Value, out Errno error) ?? throw LinuxException.OnOwnFile("open", path.Value, error);
        byte[] line = Line(status, type);
        long length = PlainFile.SizeOf(file);
        if (length + line.Length <= CompactBytes)
        {
            Append(path, file, length, line);
            return;
        }

        ReadOnlySpan<byte> old = ReadAll(path);
        WholeFile.Replace(path.Value, [.. old[..(old.IndexOf(LineFeed) + 1)], .. line], PrivateMode);
    }

    /// <summary>Reads the identity of a record that has no status; null for any other, and where there is none.</summary>
    /// <exception cref="KeelsonException">Internal: it is damaged or of a version that this build does not know.</exception>
    internal static TIdentity? TryReadAnnounced<TIdentity>(HostPath directory, JsonTypeInfo<StateFile<TIdentity>> type)
        where TIdentity : class
    {
        HostPath path = In(directory);
        if (CountLines(directory) != 1)
        {
            return null;
        }

        byte[] text = ReadAll(path);
        int end = text.AsSpan().IndexOf(LineFeed) + 1;
        if (end < text.Length)
        {
            CutOff(path, end);
        }

        return Parse(path, text.AsSpan(0, end), type);
    }

    /// <summary>Reads identity and last status.</summary>
    /// <exception cref="KeelsonException">NotFound: no record. Internal: it is damaged or of a version that this build does not know.</exception>
    internal static (TIdentity Identity, TStatus Status) Read<TIdentity, TStatus>(
        HostPath directory, JsonTypeInfo<StateFile<TIdentity>> identityType, JsonTypeInfo<StateFile<TStatus>> statusType)
    {
        HostPath path = In(directory);
        byte[] text = ReadAll(path);
        int end = text.AsSpan().LastIndexOf(LineFeed) + 1;
        ReadOnlySpan<byte> whole = text.AsSpan(0, end);
        int first = whole.IndexOf(LineFeed) + 1;
        if (first == 0 || first == end)
        {
            throw new KeelsonException(ErrorKind.Internal, $"read '{path}': the record ends before its first status");
        }

        if (end < text.Length)
        {
            CutOff(path, end);
        }

        int last = whole[..^1].LastIndexOf(LineFeed) + 1;
        return (Parse(path, whole[..first], identityType), Parse(path, whole[last..], statusType));
    }

    private static byte[] Line<T>(T content, JsonTypeInfo<StateFile<T>> type) =>
        [.. JsonSerializer.SerializeToUtf8Bytes(new StateFile<T>(StateJson.CurrentVersion, content), type), LineFeed];

    private static void Create(HostPath directory, byte[] lines)
    {
        HostPath path = In(directory);
        using SafeFd file = PlainFile.TryCreate(path.Value, PrivateMode, out Errno error) ?? throw LinuxException.OnOwnFile("create", path.Value, error);
        Append(path, file, 0, lines);
    }

    private static void Append(HostPath path, SafeFd file, long length, byte[] lines)
    {
        Errno error = FdIO.WriteAll(file, lines);
        if (error != Errno.None)
        {
            // The part that was taken would run into the next line. Where even this fails, reading cuts it off.
            PlainFile.TryTruncate(file, length);
            throw LinuxException.OnOwnFile("write", path.Value, error);
        }
    }

    private static T Parse<T>(HostPath path, ReadOnlySpan<byte> line, JsonTypeInfo<StateFile<T>> type)
    {
        try
        {
            StateFile<T>? file = JsonSerializer.Deserialize(line, type);
            return file is { Version: StateJson.CurrentVersion, Content: not null }
                ? file.Content
                : throw new KeelsonException(ErrorKind.Internal, $"read '{path}': version {file?.Version ?? 0}, this build knows {StateJson.CurrentVersion}");
        }
        catch (JsonException failure)
        {
            throw new KeelsonException(ErrorKind.Internal, $"read '{path}': {failure.Message}", failure);
        }
    }

    private static byte[] ReadAll(HostPath path)
    {
        try
        {
            return File.ReadAllBytes(path.Value);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new KeelsonException(ErrorKind.NotFound, $"read '{path}': no such file", failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new KeelsonException(ErrorKind.Internal, $"read '{path}': {failure.Message}", failure);
        }
    }

    private static void CutOff(HostPath path, long length)
    {
        using SafeFd file = PlainFile.TryOpenToAppend(path.Value, out Errno error) ?? throw LinuxException.OnOwnFile("open", path.Value, error);
        error = PlainFile.TryTruncate(file, length);
        if (error != Errno.None)
        {
            throw LinuxException.OnOwnFile("truncate", path.Value, error);
        }
    }
}
