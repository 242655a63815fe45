using System.Globalization;
using System.Text;
using Keelson.Core;

namespace Keelson.Sandboxes.Cni;

/// <summary>
/// The directory of network configurations. The first file in lexical order that is valid counts. It is looked at on
/// every use and read again only when a name, size or time in it has changed: no watcher that a removed and remade
/// directory could lose.
/// </summary>
internal sealed class CniConfigDirectory(HostPath directory)
{
    private static readonly string[] Extensions = [".conf", ".conflist", ".json"];

    // Guards the reading; held over a few small file reads.
    private readonly Lock _gate = new();
    private Reading _reading = new(string.Empty, null, string.Empty);

    /// <summary>The list to attach pods with; null and why there is none.</summary>
    internal CniNetworkList? Current(out string problem)
    {
        lock (_gate)
        {
            FileInfo[] files = Candidates(out string? unreadable);
            string signature = unreadable ?? Signature(files);
            if (signature != _reading.Signature)
            {
                _reading = Read(signature, files, unreadable);
            }

            problem = _reading.Problem;
            return _reading.List;
        }
    }

    private FileInfo[] Candidates(out string? unreadable)
    {
        unreadable = null;
        try
        {
            return
            [
                .. new DirectoryInfo(directory.Value).EnumerateFiles()
                    .Where(file => Extensions.Contains(file.Extension, StringComparer.Ordinal))
                    .OrderBy(file => file.Name, StringComparer.Ordinal),
            ];
        }
        catch (DirectoryNotFoundException)
        {
            unreadable = $"no CNI configuration: directory '{directory}' does not exist";
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            unreadable = $"no CNI configuration: '{directory}': {failure.Message}";
        }

        return [];
    }

    private static string Signature(FileInfo[] files)
    {
        var text = new StringBuilder("files:");
        foreach (FileInfo file in files)
        {
            // A file removed between listing and looking has no length.
            text.Append(CultureInfo.InvariantCulture, $"{file.Name}|{(file.Exists ? file.Length : -1)}|{file.LastWriteTimeUtc.Ticks}\n");
        }

        return text.ToString();
    }

    private Reading Read(string signature, FileInfo[] files, string? unreadable)
    {
        var problems = new List<string>();
        foreach (FileInfo file in files)
        {
            try
            {
                return new Reading(signature, CniNetworkList.Parse(File.ReadAllText(file.FullName), file.FullName), string.Empty);
            }
            catch (Exception failure) when (failure is KeelsonException or IOException or UnauthorizedAccessException)
            {
                problems.Add(failure.Message);
            }
        }

        string problem = unreadable ?? (problems.Count == 0
            ? $"no CNI configuration: directory '{directory}' holds no .conflist, .conf or .json file"
            : string.Join("; ", problems));
        return new Reading(signature, null, problem);
    }

    private sealed record Reading(string Signature, CniNetworkList? List, string Problem);
}
