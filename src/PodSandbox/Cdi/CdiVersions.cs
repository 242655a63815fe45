using System.Collections.Frozen;

namespace Keelson.Sandboxes.Cdi;

/// <summary>Versions of the specification, and what each brought.</summary>
internal static class CdiVersions
{
    private static readonly FrozenSet<string> Known =
        FrozenSet.ToFrozenSet(["0.3.0", "0.4.0", "0.5.0", "0.6.0", "0.7.0", "0.8.0", "1.0.0"], StringComparer.Ordinal);

    /// <summary>What is wrong with the version a file names; null for nothing.</summary>
    internal static string? Check(CdiDocument document)
    {
        if (!Known.Contains(document.CdiVersion))
        {
            return $"cdiVersion '{document.CdiVersion}' is not one of {string.Join(", ", Known.Order(StringComparer.Ordinal))}";
        }

        (string version, string what) = Required(document);
        return string.CompareOrdinal(document.CdiVersion, version) < 0
            ? $"cdiVersion {document.CdiVersion}: {what} needs {version}"
            : null;
    }

    // Other readers refuse a file that names an older version than it needs, so ours does not let one grow up here.
    private static (string Version, string What) Required(CdiDocument document)
    {
        CdiEdits[] edits = [document.ContainerEdits, .. document.Devices.Select(device => device.ContainerEdits)];
        return edits.Any(edit => edit.IntelRdt is not null) ? ("0.7.0", "intelRdt")
            : edits.Any(edit => edit.AdditionalGids.Count > 0) ? ("0.7.0", "additionalGids")
            : document.Annotations?.Count > 0 || document.Devices.Any(device => device.Annotations?.Count > 0) ? ("0.6.0", "annotations")
            : document.Kind[document.Kind.IndexOf('/', StringComparison.Ordinal)..].Contains('.') ? ("0.6.0", "a class with a dot")
            : document.Devices.Any(device => char.IsAsciiDigit(device.Name[0])) ? ("0.5.0", "a device name that begins with a digit")
            : edits.Any(edit => edit.DeviceNodes.Any(node => node.HostPath.Length > 0)) ? ("0.5.0", "hostPath of a device node")
            : edits.Any(edit => edit.Mounts.Any(mount => mount.Type.Length > 0)) ? ("0.4.0", "the type of a mount")
            : ("0.3.0", string.Empty);
    }
}
