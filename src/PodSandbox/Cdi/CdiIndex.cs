using System.Collections.Immutable;

namespace Keelson.Sandboxes.Cdi;

/// <summary>All devices of all directories. A later directory wins; within one directory a name must be unique.</summary>
internal sealed class CdiIndex
{
    // More than one entry: files of one directory that contradict each other.
    private readonly Dictionary<CdiName, ImmutableArray<CdiEntry>> _devices = [];

    internal static CdiIndex Empty { get; } = new();

    internal static CdiIndex Of(IEnumerable<IEnumerable<CdiFile>> directories)
    {
        var index = new CdiIndex();
        foreach (IEnumerable<CdiFile> directory in directories)
        {
            index.Add(directory);
        }

        return index;
    }

    internal ImmutableArray<CdiEntry> Find(CdiName name) => _devices.GetValueOrDefault(name, []);

    /// <summary>One line for each device that is defined more than once.</summary>
    internal IEnumerable<string> Conflicts => _devices.Where(device => device.Value.Length > 1).Select(device => $"'{device.Key}', {Conflict(device.Value)}");

    internal static string Conflict(ImmutableArray<CdiEntry> entries) => $"defined by {string.Join(" and ", entries.Select(entry => entry.Path))}";

    private void Add(IEnumerable<CdiFile> directory)
    {
        IEnumerable<(CdiName Name, CdiEntry Entry)> entries = directory.SelectMany(Entries);
        foreach (IGrouping<CdiName, CdiEntry> device in entries.GroupBy(pair => pair.Name, pair => pair.Entry))
        {
            _devices[device.Key] = [.. device];
        }
    }

    private static IEnumerable<(CdiName Name, CdiEntry Entry)> Entries(CdiFile file) => file.Document is not { } document
        ? []
        : document.Devices.Select(device => (CdiName.Of(document.Kind, device.Name), new CdiEntry(file.Path, document, device)));
}
