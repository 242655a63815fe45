using Keelson.Linux;
using Keelson.Shim.Stdio;

namespace Keelson.Shim.Processes;

/// <summary>The shim's ends of a process's streams, from when they are opened until the process is forgotten.</summary>
internal sealed class ProcessStreams : IDisposable
{
    private readonly SafeFd? _terminal;
    private readonly SafeFd? _stdoutSource;
    private readonly SafeFd? _stderrSource;
    private OutputPump? _stdout;
    private OutputPump? _stderr;

    /// <summary>The log; null when output is dropped.</summary>
    public CriLogFile? Log { get; init; }

    /// <summary>Kept open, so that the process waits for input instead of reading its end; null when stdin is /dev/null.</summary>
    public SafeFd? Stdin { get; init; }

    /// <summary>The terminal's master, which is both input and output; null without a terminal.</summary>
    public SafeFd? Terminal
    {
        get => _terminal;
        init => _terminal = _stdoutSource = value;
    }

    /// <summary>Where stdout is read from; set instead of <see cref="Terminal"/>.</summary>
    public SafeFd? StdoutSource
    {
        init => _stdoutSource = value;
    }

    public SafeFd? StderrSource
    {
        init => _stderrSource = value;
    }

    /// <summary>Starts copying output to the log.</summary>
    public void StartPumping(ShimContext context, int lineLimit)
    {
        if (_stdoutSource is not null)
        {
            FdIO.SetNonBlocking(_stdoutSource);
            _stdout = new OutputPump(context.Loop, _stdoutSource, Writer(context, StreamName.Stdout, lineLimit), context.Scratch);
        }

        if (_stderrSource is not null)
        {
            FdIO.SetNonBlocking(_stderrSource);
            _stderr = new OutputPump(context.Loop, _stderrSource, Writer(context, StreamName.Stderr, lineLimit), context.Scratch);
        }
    }

    /// <summary>
    /// Takes what the ended process has left in its pipes, so that its last words are in the log before its end is
    /// reported. Bounded: another process may still write.
    /// </summary>
    public void Drain()
    {
        const int Reads = 17; // More than the largest unprivileged pipe holds: 1 MiB.
        _stdout?.Pump(Reads);
        _stderr?.Pump(Reads);
    }

    public void Dispose()
    {
        DisposeOutput(_stdout, _stdoutSource);
        DisposeOutput(_stderr, _stderrSource);
        Stdin?.Dispose();
        Log?.Dispose();
    }

    private static void DisposeOutput(OutputPump? pump, SafeFd? source)
    {
        // A pump owns its source and may have closed it already; without one it is still ours.
        pump?.Dispose();
        source?.Dispose();
    }

    private CriLogWriter? Writer(ShimContext context, StreamName stream, int lineLimit) =>
        Log is null ? null : new CriLogWriter(Log, stream, lineLimit, context.Scratch.Output);
}
