using System.Collections.Immutable;
using Keelson.Core;
using Microsoft.Extensions.Logging;

namespace Keelson.Sandboxes.Cdi;

/// <summary>Devices of the Container Device Interface: vendors' files that say what a container with the device gets.</summary>
/// <param name="directories">Later ones win; none turns the interface off.</param>
/// <param name="log">For files that are left out.</param>
internal sealed partial class CdiDevices(ImmutableArray<HostPath> directories, ILogger log)
{
    // Guards the directories and the index; held over the reading of what has changed.
    private readonly Lock _gate = new();
    private readonly ImmutableArray<CdiDirectory> _directories = ImmutableArray.CreateRange(directories, directory => new CdiDirectory(directory, log));
    private CdiIndex _index = CdiIndex.Empty;

    /// <summary>What the devices that <paramref name="config"/> asks for come to; null when it asks for none.</summary>
    /// <exception cref="KeelsonException">
    /// InvalidArgument: not a name, or no such device; Unimplemented; NotFound or InvalidArgument: the host lacks a node.
    /// </exception>
    internal CdiInjection? Resolve(ContainerConfig config)
    {
        ImmutableArray<CdiName> names = CdiRequest.Of(config);
        if (names.IsEmpty)
        {
            return null;
        }

        if (directories.IsEmpty)
        {
            throw new KeelsonException(ErrorKind.Unimplemented, $"CDI device '{names[0]}': CDI is turned off on this node (cdi.spec_dirs is empty)");
        }

        CdiIndex index = Current();
        RequireResolvable(names, index);
        var injection = new CdiInjectionBuilder();
        foreach (CdiName name in names)
        {
            injection.Add(name, index.Find(name)[0]);
        }

        return injection.Build();
    }

    private void RequireResolvable(ImmutableArray<CdiName> names, CdiIndex index)
    {
        ImmutableArray<string> unresolvable =
        [
            .. from name in names
               let entries = index.Find(name)
               where entries.Length != 1
               select entries.IsEmpty ? name.ToString() : $"{name} ({CdiIndex.Conflict(entries)})",
        ];
        if (!unresolvable.IsEmpty)
        {
            throw new KeelsonException(
                ErrorKind.InvalidArgument, $"unresolvable CDI devices {string.Join(", ", unresolvable)}: looked in {string.Join(", ", directories)}");
        }
    }

    private CdiIndex Current()
    {
        lock (_gate)
        {
            // All of them, whatever the first says.
            if (_directories.Count(directory => directory.Refresh()) > 0)
            {
                var known = _index.Conflicts.ToHashSet(StringComparer.Ordinal);
                _index = CdiIndex.Of(_directories.Select(directory => directory.Files));
                foreach (string conflict in _index.Conflicts.Where(conflict => !known.Contains(conflict)))
                {
                    LogConflict(log, conflict);
                }
            }

            return _index;
        }
    }

    [LoggerMessage(7072, LogLevel.Warning, "CDI device {Conflict}: no container gets it")]
    private static partial void LogConflict(ILogger log, string conflict);
}
