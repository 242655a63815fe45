namespace Keelson.CriServer.Commands.Client;

/// <summary>Reads a container's log file, whole or by its end, and goes on where it grows and where it is rotated.</summary>
internal sealed class LogFollower(string path, CommandContext context) : IDisposable
{
    private FileStream? _file;
    private readonly List<byte> _line = [];

    /// <summary>Reads to the present end and hands over whole lines.</summary>
    internal void ReadAvailable(Action<LogEntry> take)
    {
        _file ??= Open();
        ReadToEnd(take);
        while (Rotated() && File.Exists(path))
        {
            // What was written between our last read and the rename is still in the old file.
            ReadToEnd(take);
            _file!.Dispose();
            _file = Open();
            ReadToEnd(take);
        }
    }

    internal Task WaitAsync(CancellationToken cancellationToken) => Task.Delay(TimeSpan.FromMilliseconds(100), context.Time, cancellationToken);

    public void Dispose() => _file?.Dispose();

    // Opened with the rights of whoever asked for the log, who may have linked it.
#pragma warning disable RS0030
    private FileStream Open() => new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
#pragma warning restore RS0030

    /// <summary>The kernel shows where an open file is now: elsewhere after a rename, "(deleted)" after a removal.</summary>
    private bool Rotated() => new FileInfo($"/proc/self/fd/{_file!.SafeFileHandle.DangerousGetHandle()}").LinkTarget != path;

    private void ReadToEnd(Action<LogEntry> take)
    {
        Span<byte> chunk = stackalloc byte[16 * 1024];
        for (int read = _file!.Read(chunk); read > 0; read = _file.Read(chunk))
        {
            foreach (byte b in chunk[..read])
            {
                if (b != (byte)'\n')
                {
                    _line.Add(b);
                    continue;
                }

                if (LogEntry.TryParse(_line.ToArray(), out LogEntry entry))
                {
                    take(entry);
                }

                _line.Clear();
            }
        }
    }
}
