namespace Keelson.Oci.Launch;

/// <summary>Names of execve steps, which the failure message takes apart again.</summary>
internal static class ExecStep
{
    /// <summary>Starts the name of an execve whose path came from a search along $PATH.</summary>
    internal const string SearchedPrefix = "exec ";

    private const string Candidate = ": execve '";

    /// <summary>An execve of a path given as such.</summary>
    internal static string Direct(string path) => $"execve '{path}'";

    /// <summary>An execve of one candidate of the search for <paramref name="program"/>.</summary>
    internal static string Searched(string program, string path) => $"{SearchedPrefix}\"{program}\"{Candidate}{path}'";

    /// <summary><c>exec "program"</c> out of a searched step's name.</summary>
    internal static string Original(string step)
    {
        int end = step.IndexOf(Candidate, StringComparison.Ordinal);
        return end < 0 ? step : step[..end];
    }
}
