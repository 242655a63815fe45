namespace Keelson.Sandboxes.Cni;

/// <summary>Versions of the CNI specification and what differs between them for a runtime.</summary>
internal static class CniVersions
{
    internal const string Oldest = "0.1.0";

    /// <summary>In rising order.</summary>
    internal static readonly string[] Supported = ["0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"];

    /// <summary>Since 0.4.0 DEL gets the result of ADD as <c>prevResult</c>.</summary>
    internal static bool DelTakesPreviousResult(string version) => Array.IndexOf(Supported, version) >= Array.IndexOf(Supported, "0.4.0");

    /// <summary>Since 0.3.0 plugins of a list see the result of the one before.</summary>
    internal static bool AddTakesPreviousResult(string version) => Array.IndexOf(Supported, version) >= Array.IndexOf(Supported, "0.3.0");

    /// <summary>The highest version of <paramref name="offered"/> that is known here; null when there is none.</summary>
    internal static string? Highest(IEnumerable<string> offered) =>
        offered.Where(version => Array.IndexOf(Supported, version) >= 0).MaxBy(version => Array.IndexOf(Supported, version));
}
