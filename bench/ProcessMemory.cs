using System.Globalization;

namespace Keelson.Bench;

/// <summary>Memory of a process in KiB, as /proc/PID/smaps_rollup counts it.</summary>
internal sealed record ProcessMemory(double PrivateKiB, double PssKiB, double ResidentKiB)
{
    public static ProcessMemory? Of(int process)
    {
        try
        {
            var fields = File.ReadLines($"/proc/{process}/smaps_rollup").Skip(1)
                .Select(line => line.Split(':', 2))
                .ToDictionary(parts => parts[0], parts => double.Parse(parts[1].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture));
            return new ProcessMemory(fields["Private_Clean"] + fields["Private_Dirty"], fields["Pss"], fields["Rss"]);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
