using System.Collections.Immutable;
using Keelson.Core;
using Keelson.Sandboxes.Spec;

namespace Keelson.Sandboxes.Volumes;

/// <summary>Which of the paths that an image declares as volumes become volumes of a container.</summary>
internal static class ImageVolumes
{
    /// <summary>Far above what images declare; each costs a directory and a mount.</summary>
    internal const int Most = 256;

    private const int LongestPath = 4095;

    /// <summary>
    /// Their paths in the container, each once, in a fixed order. Left out are those where the request mounts something,
    /// and those of the file systems that every container gets: an image must not take them away.
    /// </summary>
    /// <exception cref="KeelsonException">InvalidArgument: a path that cannot be one, or too many.</exception>
    internal static ImmutableArray<string> Of(ImmutableArray<string> declared, ImmutableArray<ContainerMount> mounts)
    {
        if (declared.Length > Most)
        {
            throw new KeelsonException(ErrorKind.InvalidArgument, $"the image declares {declared.Length} volumes; {Most} are allowed");
        }

        var covered = mounts.Select(mount => MountsContributor.Normalize(mount.ContainerPath)).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. declared.Select(Destination)
                .Where(path => !covered.Contains(path) && !MountsContributor.OwnDestinations.Contains(path))
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>As other runtimes read it: from the root where it is relative, and <c>..</c> stops at the root.</summary>
    private static string Destination(string volume)
    {
        var names = new List<string>();
        foreach (string name in volume.Split('/'))
        {
            if (name == "..")
            {
                names.RemoveRange(Math.Max(names.Count - 1, 0), Math.Min(names.Count, 1));
            }
            else if (name is not ("" or "."))
            {
                names.Add(name);
            }
        }

        return names.Count > 0 && volume.Length <= LongestPath && !volume.Contains('\0')
            ? "/" + string.Join('/', names)
            : throw new KeelsonException(ErrorKind.InvalidArgument, $"image volume '{volume}': expected the path of a directory below the root");
    }
}
