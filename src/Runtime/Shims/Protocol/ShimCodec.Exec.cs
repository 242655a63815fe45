using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Keelson.Oci.Shims.Protocol;

public static partial class ShimCodec
{
    private const long NanosecondsPerTick = 100;

    public static void Write(FrameWriter writer, ExecSyncRequest request) =>
        writer.String(request.TargetProcessId).Int64(request.Timeout.Ticks * NanosecondsPerTick).Int32(request.OutputLimit)
            .Int64(request.DrainTimeout.Ticks * NanosecondsPerTick).Bytes(request.Plan.Span);

    /// <summary>Reads all but the plan, which stays where it is.</summary>
    public static ExecSyncRequest ReadExecSync(ReadOnlySpan<byte> body, out ReadOnlySpan<byte> plan)
    {
        var reader = new FrameReader(body);
        string target = reader.String();
        long timeout = reader.Int64();
        int limit = reader.Int32();
        long drain = reader.Int64();
        plan = reader.Bytes();
        reader.End();
        if (timeout < 0 || drain < 0 || limit is < 0 or > ShimProtocol.MaxOutputBytes)
        {
            throw new ShimProtocolException("exec limits out of range");
        }

        return new ExecSyncRequest
        {
            TargetProcessId = target,
            Timeout = TimeSpan.FromTicks(timeout / NanosecondsPerTick),
            OutputLimit = limit,
            DrainTimeout = TimeSpan.FromTicks(drain / NanosecondsPerTick),
            Plan = default,
        };
    }

    /// <summary>Writes all but the output; the caller appends <c>stdout</c>, the length of stderr as u32, and <c>stderr</c>.</summary>
    public static void WriteExecEnded(FrameWriter writer, LaunchOutcome launch, int exitCode, bool timedOut, int stdoutBytes)
    {
        Write(writer, launch);
        writer.Int32(exitCode).Boolean(timedOut).UInt32((uint)stdoutBytes);
    }

    public static ExecSyncOutcome ReadExecEnded(ReadOnlySpan<byte> body)
    {
        var reader = new FrameReader(body);
        LaunchOutcome launch = ReadOutcome(ref reader);
        int exitCode = reader.Int32();
        bool timedOut = reader.Boolean();
        ImmutableArray<byte> stdout = ImmutableCollectionsMarshal.AsImmutableArray(reader.Bytes().ToArray());
        ImmutableArray<byte> stderr = ImmutableCollectionsMarshal.AsImmutableArray(reader.Bytes().ToArray());
        reader.End();
        return new ExecSyncOutcome(launch, exitCode, timedOut, stdout, stderr);
    }
}
