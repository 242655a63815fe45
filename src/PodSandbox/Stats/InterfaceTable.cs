using System.Collections.Immutable;
using System.Globalization;

namespace Keelson.Sandboxes.Stats;

/// <summary>
/// The text of <c>/proc/&lt;pid&gt;/net/dev</c>: two lines of headings, then <c>name:</c> with eight counters of what was
/// received and eight of what was sent, bytes first and errors third (proc_pid_net(5)).
/// </summary>
internal static class InterfaceTable
{
    private const int ReceivedBytes = 0;
    private const int ReceiveErrors = 2;
    private const int SentBytes = 8;
    private const int SendErrors = 10;

    internal static ImmutableArray<InterfaceCounters> Parse(string text)
    {
        var interfaces = ImmutableArray.CreateBuilder<InterfaceCounters>();
        foreach (string line in text.Split('\n'))
        {
            // The kernel allows no colon in a name, and headings have none.
            if (line.Split(':') is [var name, var counters])
            {
                string[] values = counters.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (Read(values, ReceivedBytes) is { } received && Read(values, ReceiveErrors) is { } receiveErrors
                    && Read(values, SentBytes) is { } sent && Read(values, SendErrors) is { } sendErrors)
                {
                    interfaces.Add(new InterfaceCounters(name.Trim(), received, receiveErrors, sent, sendErrors));
                }
            }
        }

        return interfaces.ToImmutable();
    }

    private static ulong? Read(string[] values, int index) =>
        index < values.Length && ulong.TryParse(values[index], CultureInfo.InvariantCulture, out ulong value) ? value : null;
}
