namespace Keelson.Oci.Shims.Protocol;

/// <summary>The bodies of <see cref="ShimProtocol"/>'s table, each written and read here and nowhere else.</summary>
public static partial class ShimCodec
{
    private const byte TerminalFlag = 1;
    private const byte StdinFlag = 2;
    private const byte OwnTerminalFlag = 4;

    public static void Write(FrameWriter writer, LaunchRequest request)
    {
        int terminal = request.Terminal switch { LaunchTerminal.None => 0, LaunchTerminal.OfHost => TerminalFlag, _ => TerminalFlag | OwnTerminalFlag };
        byte flags = (byte)(terminal | (request.Stdin ? StdinFlag : 0));
        writer.String(request.ProcessId).String(request.TargetProcessId).String(request.LogPath).Int32(request.LogLineLimit).Byte(flags)
            .String(request.OomCgroup).String(request.KillCgroup).String(request.ExitRecordPath).String(request.PidFile).Bytes(request.StartPlan.Span).Bytes(request.Plan.Span);
    }

    /// <summary>Reads all but the plans, which stay where they are: they can be large, and the shim does not want it on its heap.</summary>
    public static LaunchRequest ReadLaunch(ReadOnlySpan<byte> body, out ReadOnlySpan<byte> plan, out ReadOnlySpan<byte> startPlan)
    {
        var reader = new FrameReader(body);
        string processId = reader.String();
        string? target = reader.OptionalString();
        string? logPath = reader.OptionalString();
        int lineLimit = reader.Int32();
        byte flags = reader.Byte();
        var request = new LaunchRequest
        {
            ProcessId = processId,
            TargetProcessId = target,
            LogPath = logPath,
            LogLineLimit = lineLimit,
            Terminal = (flags & TerminalFlag) == 0 ? LaunchTerminal.None : (flags & OwnTerminalFlag) == 0 ? LaunchTerminal.OfHost : LaunchTerminal.OfContainer,
            Stdin = (flags & StdinFlag) != 0,
            OomCgroup = reader.OptionalString(),
            KillCgroup = reader.OptionalString(),
            ExitRecordPath = reader.OptionalString(),
            PidFile = reader.OptionalString(),
            Plan = default,
        };
        startPlan = reader.Bytes();
        plan = reader.Bytes();
        reader.End();
        return lineLimit is >= 1 and <= 1 << 20 ? request : throw new ShimProtocolException("line limit out of range");
    }

    public static void Write(FrameWriter writer, LaunchOutcome outcome) =>
        writer.Int32(outcome.Pid).Int64(outcome.StartedAtNanoseconds).Int32(outcome.FailedStep).Int32(outcome.Errno).String(outcome.Error);

    public static LaunchOutcome ReadLaunched(ReadOnlySpan<byte> body)
    {
        var reader = new FrameReader(body);
        LaunchOutcome outcome = ReadOutcome(ref reader);
        reader.End();
        return outcome;
    }

    public static void WriteSignal(FrameWriter writer, string processId, int signal, bool everyone) =>
        writer.String(processId).Int32(signal).Boolean(everyone);

    public static void ReadSignal(ReadOnlySpan<byte> body, out string processId, out int signal, out bool everyone)
    {
        var reader = new FrameReader(body);
        processId = reader.String();
        signal = reader.Int32();
        everyone = reader.Boolean();
        reader.End();
        if (signal is < 0 or > 64)
        {
            throw new ShimProtocolException("signal out of range");
        }
    }

    public static bool ReadSignalled(ReadOnlySpan<byte> body)
    {
        var reader = new FrameReader(body);
        bool delivered = reader.Boolean();
        reader.End();
        return delivered;
    }

    public static string ReadProcessId(ReadOnlySpan<byte> body)
    {
        var reader = new FrameReader(body);
        string processId = reader.String();
        reader.End();
        return processId;
    }

    public static void WriteFailure(FrameWriter writer, int errno, string message) => writer.Int32(errno).String(message);

    public static string ReadFailure(ReadOnlySpan<byte> body, out int errno)
    {
        var reader = new FrameReader(body);
        errno = reader.Int32();
        string message = reader.String();
        reader.End();
        return message;
    }

    public static void ReadEmpty(ReadOnlySpan<byte> body) => new FrameReader(body).End();

    private static LaunchOutcome ReadOutcome(ref FrameReader reader) =>
        new(reader.Int32(), reader.Int64(), reader.Int32(), reader.Int32(), reader.OptionalString());
}
