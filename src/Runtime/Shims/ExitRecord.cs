using System.Buffers.Text;
using System.Text;
using Keelson.Core;
using Keelson.Linux;

namespace Keelson.Oci.Shims;

/// <summary>
/// The end of a process on disk: written by the shim before anyone is told, read by a daemon that was not there. It
/// is what makes an exit code final (a container once reported with 0 must never become 137).
/// </summary>
/// <remarks>
/// Lines of <c>key value</c>, the first naming the format and its version:
/// <code>
/// keelson-exit 1
/// process 1f3a…
/// exit_code 137
/// signal 9
/// oom_killed 1
/// finished_at 1700000000123456789
/// </code>
/// Unknown keys are skipped, so that a later writer can add one without raising the version.
/// </remarks>
public static class ExitRecord
{
    private const int Version = 1;
    private const int MaxBytes = 4096;
    private const uint Mode = 0x180; // 0600

    private static ReadOnlySpan<byte> Format => "keelson-exit"u8;

    /// <summary>Replaces <paramref name="path"/> by the record, whole or not at all.</summary>
    public static Errno TryWrite(string path, ProcessExit exit)
    {
        Span<byte> buffer = stackalloc byte[MaxBytes];
        if (Encoding.UTF8.GetByteCount(exit.ProcessId) > MaxBytes / 2)
        {
            return Errno.ENAMETOOLONG;
        }

        int length = 0;
        Line(buffer, ref length, Format, Version);
        "process "u8.CopyTo(buffer[length..]);
        length += "process ".Length;
        length += Encoding.UTF8.GetBytes(exit.ProcessId, buffer[length..]);
        buffer[length++] = (byte)'\n';
        Line(buffer, ref length, "exit_code"u8, exit.ExitCode);
        Line(buffer, ref length, "signal"u8, exit.Signal);
        Line(buffer, ref length, "oom_killed"u8, exit.OomKilled ? 1 : 0);
        Line(buffer, ref length, "finished_at"u8, exit.FinishedAtNanoseconds);
        return WholeFile.TryReplace(path, buffer[..length], Mode);
    }

    /// <summary>Reads a record; null when there is none.</summary>
    /// <exception cref="KeelsonException">Internal: the file is no exit record, or of a later version. Other kinds: it cannot be read.</exception>
    public static ProcessExit? TryRead(string path)
    {
        Span<byte> buffer = stackalloc byte[MaxBytes];
        int length = PlainFile.TryReadAll(path, buffer, out Errno error);
        if (length < 0)
        {
            return error == Errno.ENOENT ? null : throw new LinuxException("read", path, error);
        }

        return Parse(buffer[..length]) ?? throw new KeelsonException(ErrorKind.Internal, $"exit record '{path}' is damaged or of a later version");
    }

    private static ProcessExit? Parse(ReadOnlySpan<byte> text)
    {
        if (!TakeLine(ref text, out ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value) || !key.SequenceEqual(Format) || Number(value) != Version)
        {
            return null;
        }

        string? process = null;
        long? code = null, signal = null, oom = null, finished = null;
        while (TakeLine(ref text, out key, out value))
        {
            if (key.SequenceEqual("process"u8))
            {
                process = Encoding.UTF8.GetString(value);
            }
            else if (key.SequenceEqual("exit_code"u8))
            {
                code = Number(value);
            }
            else if (key.SequenceEqual("signal"u8))
            {
                signal = Number(value);
            }
            else if (key.SequenceEqual("oom_killed"u8))
            {
                oom = Number(value);
            }
            else if (key.SequenceEqual("finished_at"u8))
            {
                finished = Number(value);
            }
        }

        return process is null || code is null || signal is null || oom is null || finished is null
            ? null
            : new ProcessExit(process, (int)code.Value, (int)signal.Value, oom.Value != 0, finished.Value);
    }

    private static bool TakeLine(ref ReadOnlySpan<byte> text, out ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value)
    {
        key = value = default;
        int end = text.IndexOf((byte)'\n');
        if (end < 0)
        {
            return false;
        }

        ReadOnlySpan<byte> line = text[..end];
        text = text[(end + 1)..];
        int space = line.IndexOf((byte)' ');
        key = space < 0 ? line : line[..space];
        value = space < 0 ? default : line[(space + 1)..];
        return true;
    }

    private static long? Number(ReadOnlySpan<byte> digits) =>
        Utf8Parser.TryParse(digits, out long value, out int used) && used == digits.Length ? value : null;

    private static void Line(Span<byte> buffer, ref int length, ReadOnlySpan<byte> key, long value)
    {
        key.CopyTo(buffer[length..]);
        length += key.Length;
        buffer[length++] = (byte)' ';
        Utf8Formatter.TryFormat(value, buffer[length..], out int digits);
        length += digits;
        buffer[length++] = (byte)'\n';
    }
}
