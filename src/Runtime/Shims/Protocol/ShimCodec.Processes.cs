using System.Collections.Immutable;

namespace Keelson.Oci.Shims.Protocol;

public static partial class ShimCodec
{
    /// <summary>Bytes of the smallest entry of a list; a count that cannot fit in the body is refused before room is made for it.</summary>
    private const int SmallestListEntry = 17;

    public static void Write(FrameWriter writer, ProcessExit exit) =>
        writer.String(exit.ProcessId).Int32(exit.ExitCode).Int32(exit.Signal).Boolean(exit.OomKilled).Int64(exit.FinishedAtNanoseconds);

    public static ProcessExit ReadExited(ReadOnlySpan<byte> body)
    {
        var reader = new FrameReader(body);
        ProcessExit exit = ReadExit(ref reader);
        reader.End();
        return exit;
    }

    public static void WriteListEntry(FrameWriter writer, string processId, int pid, long startedAtNanoseconds, ProcessExit? exit)
    {
        writer.String(processId).Int32(pid).Int64(startedAtNanoseconds).Boolean(exit is not null);
        if (exit is not null)
        {
            Write(writer, exit);
        }
    }

    public static ImmutableArray<ShimProcess> ReadListed(ReadOnlySpan<byte> body)
    {
        var reader = new FrameReader(body);
        uint count = reader.UInt32();
        if (count > body.Length / SmallestListEntry)
        {
            throw new ShimProtocolException("list longer than its frame");
        }

        var processes = ImmutableArray.CreateBuilder<ShimProcess>((int)count);
        for (uint i = 0; i < count; i++)
        {
            string processId = reader.String();
            int pid = reader.Int32();
            long started = reader.Int64();
            processes.Add(new ShimProcess(processId, pid, started, reader.Boolean() ? ReadExit(ref reader) : null));
        }

        reader.End();
        return processes.MoveToImmutable();
    }

    private static ProcessExit ReadExit(ref FrameReader reader) =>
        new(reader.String(), reader.Int32(), reader.Int32(), reader.Boolean(), reader.Int64());
}
