using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Keelson.Linux;

namespace Keelson.Shim.Stdio;

/// <summary>
/// A container's log file. It holds whole lines at every moment: a line that could be written only in part is taken
/// back. What cannot be written (disk full, quota, I/O error) is counted and dropped, so that the container goes on,
/// and a line says so once writing works again.
/// </summary>
internal sealed class CriLogFile : IDisposable
{
    private const uint Mode = 0x1a0; // 0640

    private readonly string _path;
    private readonly LogTimestamp _timestamp = new();
    private SafeFd _file;
    private bool _endsInsideLine;
    private long _lostBytes;
    private long _lostLines;
    private Errno _lostReason;

    private CriLogFile(string path, SafeFd file)
    {
        _path = path;
        _file = file;
    }

    /// <summary>Bytes of log lines dropped and not yet told of.</summary>
    public long LostBytes => _lostBytes;

    /// <summary>Opens or creates the file; a symbolic link or anything but a regular file is refused.</summary>
    public static CriLogFile? TryOpen(string path, out Errno error)
    {
        SafeFd? file = PlainFile.TryOpenAppend(path, Mode, out error);
        return file is null ? null : new CriLogFile(path, file);
    }

    /// <summary>
    /// Opens the path anew and only then lets go of the old file, so a failure changes nothing. Lines come one after
    /// the other from one thread: none is lost or written twice.
    /// </summary>
    public Errno TryReopen()
    {
        SafeFd? file = PlainFile.TryOpenAppend(_path, Mode, out Errno error);
        if (file is null)
        {
            return error;
        }

        _file.Dispose();
        _file = file;
        _endsInsideLine = false;
        return Errno.None;
    }

    /// <summary>Appends whole lines, or counts them as lost.</summary>
    public void Append(ReadOnlySpan<byte> lines)
    {
        if (_lostBytes > 0 && !TryTellLoss())
        {
            Lose(lines, _lostReason);
            return;
        }

        int written = WriteWholeLines(lines, out Errno error);
        if (written < lines.Length)
        {
            Lose(lines[written..], error);
        }
    }

    public void Dispose() => _file.Dispose();

    /// <summary>Writes as many whole lines as it can and gives their length.</summary>
    private int WriteWholeLines(ReadOnlySpan<byte> lines, out Errno error)
    {
        error = Errno.None;
        if (_endsInsideLine)
        {
            if (FdIO.Write(_file, "\n"u8, out error) != 1)
            {
                return 0;
            }

            _endsInsideLine = false;
        }

        int written = 0;
        while (written < lines.Length)
        {
            int count = FdIO.Write(_file, lines[written..], out error);
            if (count < 0)
            {
                return TakeBackPart(lines, written);
            }

            written += count;
        }

        return written;
    }

    private int TakeBackPart(ReadOnlySpan<byte> lines, int written)
    {
        int whole = lines[..written].LastIndexOf((byte)'\n') + 1;
        if (whole < written)
        {
            // Shrinking needs no space. Nobody else writes here, so the end of the file is what was just written.
            long size = PlainFile.SizeOf(_file);
            int part = written - whole;
            _endsInsideLine = size < part || PlainFile.TryTruncate(_file, size - part) != Errno.None;
        }

        return whole;
    }

    private void Lose(ReadOnlySpan<byte> lines, Errno reason)
    {
        _lostBytes += lines.Length;
        _lostLines += lines.Count((byte)'\n');
        _lostReason = reason;
    }

    private bool TryTellLoss()
    {
        string message = string.Create(
            CultureInfo.InvariantCulture,
            $" stderr F keelson: {_lostLines} lines ({_lostBytes} bytes) of output could not be written: ");
        byte[] line =
        [
            .. _timestamp.Format(Clock.RealtimeNanoseconds),
            .. Encoding.UTF8.GetBytes(message + Marshal.GetPInvokeErrorMessage((int)_lostReason) + "\n"),
        ];
        if (WriteWholeLines(line, out _) < line.Length)
        {
            return false;
        }

        _lostBytes = _lostLines = 0;
        return true;
    }
}
