using System.Globalization;

namespace Keelson.CriServer.Commands.Output;

/// <summary>Values as people read them.</summary>
internal static class Words
{
    private const int ShortIdLength = 13;

    private static readonly string[] Units = ["B", "kB", "MB", "GB", "TB"];

    internal static string ShortId(string id)
    {
        string digits = id.StartsWith("sha256:", StringComparison.Ordinal) ? id["sha256:".Length..] : id;
        return digits.Length > ShortIdLength ? digits[..ShortIdLength] : digits;
    }

    internal static string Size(ulong bytes)
    {
        double value = bytes;
        int unit = 0;
        while (value >= 1000 && unit < Units.Length - 1)
        {
            value /= 1000;
            unit++;
        }

        return value.ToString("0.##", CultureInfo.InvariantCulture) + Units[unit];
    }

    /// <param name="nanoseconds">Unix time.</param>
    /// <param name="now">The present.</param>
    internal static string Age(long nanoseconds, DateTimeOffset now)
    {
        TimeSpan age = now - DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / TimeSpan.NanosecondsPerTick);
        return age.TotalSeconds switch
        {
            < 1 => "now",
            < 60 => Count((long)age.TotalSeconds, "second"),
            < 3600 => Count((long)age.TotalMinutes, "minute"),
            < 48 * 3600 => Count((long)age.TotalHours, "hour"),
            _ => Count((long)age.TotalDays, "day"),
        };
    }

    internal static string State(Cri.ContainerState state) => state switch
    {
        Cri.ContainerState.ContainerCreated => "Created",
        Cri.ContainerState.ContainerRunning => "Running",
        Cri.ContainerState.ContainerExited => "Exited",
        _ => "Unknown",
    };

    internal static string State(Cri.PodSandboxState state) => state == Cri.PodSandboxState.SandboxReady ? "Ready" : "NotReady";

    private static string Count(long number, string unit) =>
        string.Create(CultureInfo.InvariantCulture, $"{number} {unit}{(number == 1 ? "" : "s")} ago");
}
