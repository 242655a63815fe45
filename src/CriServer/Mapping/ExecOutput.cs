using Google.Protobuf;
using Keelson.Sandboxes;

namespace Keelson.CriServer.Mapping;

/// <summary>
/// ExecSync's answer. The interface allows 16 MiB for each of two outputs, and its clients take no message above
/// 16 MiB in all: what is over must be dropped here, or the caller loses the exit code too.
/// </summary>
internal static class ExecOutput
{
    /// <summary>Room for tags, lengths and the exit code.</summary>
    private const int Overhead = 64;

    internal static Cri.ExecSyncResponse ToCri(ExecSyncResult result, int messageLimit)
    {
        int room = messageLimit - Overhead;
        int stderr = Math.Min(result.Stderr.Length, Math.Max(room / 2, room - result.Stdout.Length));
        int stdout = Math.Min(result.Stdout.Length, room - stderr);
        return new Cri.ExecSyncResponse
        {
            ExitCode = result.ExitCode,

            // The arrays are nobody else's by now; copying 16 MiB would only double them.
            Stdout = UnsafeByteOperations.UnsafeWrap(result.Stdout[..stdout]),
            Stderr = UnsafeByteOperations.UnsafeWrap(result.Stderr[..stderr]),
        };
    }
}
