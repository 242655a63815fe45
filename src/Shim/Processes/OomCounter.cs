using System.Buffers.Text;
using Keelson.Linux;

namespace Keelson.Shim.Processes;

/// <summary>How often the kernel killed a process of a cgroup for memory: <c>oom_kill</c> of cgroup v1's memory.oom_control or v2's memory.events.</summary>
internal static class OomCounter
{
    /// <summary>The counter, or 0 where there is none.</summary>
    public static long Read(string? cgroup)
    {
        if (cgroup is null)
        {
            return 0;
        }

        Span<byte> text = stackalloc byte[1024];
        int length = PlainFile.TryReadAll(cgroup + "/memory.events", text, out Errno error);
        if (length < 0 && error == Errno.ENOENT)
        {
            length = PlainFile.TryReadAll(cgroup + "/memory.oom_control", text, out _);
        }

        return length < 0 ? 0 : Parse(text[..length]);
    }

    internal static long Parse(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> key = "oom_kill "u8;
        while (!text.IsEmpty)
        {
            int end = text.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? text : text[..end];
            text = end < 0 ? default : text[(end + 1)..];

            // Not a search in the whole text: "oom_kill_disable" and "oom_group_kill" are neighbours.
            if (line.StartsWith(key) && Utf8Parser.TryParse(line[key.Length..], out long value, out _))
            {
                return value;
            }
        }

        return 0;
    }
}
