using Keelson.Core;
using Microsoft.Extensions.Logging;

namespace Keelson.Sandboxes.Cdi;

/// <summary>
/// One directory of specification files. It is looked at whenever a container asks for a device, and a file is read again
/// only when its size, time or inode has changed: no watcher that a removed and remade directory could lose.
/// </summary>
internal sealed partial class CdiDirectory(HostPath path, ILogger log)
{
    internal const int MaxFiles = 1000;

    private Dictionary<string, CdiFile> _files = new(StringComparer.Ordinal);
    private string _problem = string.Empty;

    /// <summary>In order of name, as last looked at.</summary>
    internal IEnumerable<CdiFile> Files => _files.Values.OrderBy(file => file.Path, StringComparer.Ordinal);

    /// <summary>Looks again; false when nothing has changed.</summary>
    internal bool Refresh()
    {
        bool changed = false;
        var files = new Dictionary<string, CdiFile>(StringComparer.Ordinal);
        foreach (string name in Names())
        {
            if (CdiFileReader.Look(name) is not { } stamp)
            {
                continue;
            }

            bool known = _files.TryGetValue(name, out CdiFile? file) && file.Stamp == stamp;
            files[name] = known ? file! : Read(name, stamp);
            changed |= !known;
        }

        changed |= files.Count != _files.Count;
        _files = files;
        return changed;
    }

    private IReadOnlyList<string> Names()
    {
        string problem = string.Empty;
        List<string> names = [];
        try
        {
            names = [.. Directory.EnumerateFiles(path.Value)
                .Where(file => Path.GetExtension(file) is CdiFileReader.JsonExtension or CdiFileReader.YamlExtension)
                .Order(StringComparer.Ordinal)];
            problem = names.Count <= MaxFiles ? string.Empty : $"{names.Count} files, of which the first {MaxFiles} count";
        }
        catch (DirectoryNotFoundException)
        {
            // The usual node: no vendor has installed anything.
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            problem = failure.Message;
        }

        if (problem != _problem && problem.Length > 0)
        {
            LogDirectory(log, path.Value, problem);
        }

        _problem = problem;
        return names.Count <= MaxFiles ? names : names[..MaxFiles];
    }

    private CdiFile Read(string name, CdiFileStamp stamp)
    {
        try
        {
            return new CdiFile(name, stamp, CdiFileReader.Read(stamp));
        }
        catch (FormatException failure)
        {
            LogBad(log, name, failure.Message);
            return new CdiFile(name, stamp, null);
        }
    }

    [LoggerMessage(7070, LogLevel.Warning, "CDI file '{Path}' is left out: {Reason}")]
    private static partial void LogBad(ILogger log, string path, string reason);

    [LoggerMessage(7071, LogLevel.Warning, "CDI directory '{Path}': {Reason}")]
    private static partial void LogDirectory(ILogger log, string path, string reason);
}
