using System.Globalization;

namespace Keelson.Shim.Tests.Support;

/// <summary>A shim as /proc shows it.</summary>
internal static class ShimInProc
{
    public static int LauncherThreads(ShimHarness shim) =>
        Directory.GetDirectories($"/proc/{shim.Client.Pid}/task").Count(task => TryRead($"{task}/comm") == "launcher\n");

    /// <summary>Processes it has launched, or is launching.</summary>
    public static List<int> Children(ShimHarness shim) =>
    [
        .. Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(name => char.IsAsciiDigit(name![0]))
            .Select(name => int.Parse(name!, CultureInfo.InvariantCulture)).Where(pid => Field(pid, 1) == $"{shim.Client.Pid}"),
    ];

    /// <summary>Whether a process of this number is there and no zombie.</summary>
    public static bool Lives(int pid) => Field(pid, 0) is not ("" or "Z" or "X");

    /// <summary>Whether all of its threads are gone; a process is a zombie as soon as its first one is.</summary>
    public static bool HasEnded(int pid)
    {
        try
        {
            return !Lives(pid) && Directory.GetDirectories($"/proc/{pid}/task").Length <= 1;
        }
        catch (DirectoryNotFoundException)
        {
            // Reaped.
            return true;
        }
    }

    // The fields after the name, which may have spaces and parentheses: state, parent.
    private static string Field(int pid, int index)
    {
        string stat = TryRead($"/proc/{pid}/stat");
        return stat.Length == 0 ? "" : stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[index];
    }

    private static string TryRead(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            // It ended meanwhile.
            return "";
        }
    }
}
