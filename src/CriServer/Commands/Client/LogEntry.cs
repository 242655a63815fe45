using System.Text;

namespace Keelson.CriServer.Commands.Client;

/// <summary>One line of a CRI log: <c>2016-10-06T00:17:09.669794202Z stdout F text</c>.</summary>
/// <param name="Time">As written.</param>
/// <param name="IsError">Whether the container wrote it to stderr.</param>
/// <param name="IsWhole">False for a part of a line that goes on in the next entry (tag P).</param>
/// <param name="Text">What was written, without the line's end.</param>
internal readonly record struct LogEntry(string Time, bool IsError, bool IsWhole, ReadOnlyMemory<byte> Text)
{
    internal static bool TryParse(byte[] line, out LogEntry entry)
    {
        entry = default;
        int time = Array.IndexOf(line, (byte)' ');
        int stream = time < 0 ? -1 : Array.IndexOf(line, (byte)' ', time + 1);
        int tag = stream < 0 ? -1 : Array.IndexOf(line, (byte)' ', stream + 1);
        if (tag < 0)
        {
            return false;
        }

        // Tags are a list separated by colons, of which only the first is defined.
        bool whole = line[stream + 1] != (byte)'P';
        bool error = line.AsSpan(time + 1, stream - time - 1).SequenceEqual("stderr"u8);
        entry = new LogEntry(Encoding.ASCII.GetString(line, 0, time), error, whole, line.AsMemory(tag + 1));
        return true;
    }
}
