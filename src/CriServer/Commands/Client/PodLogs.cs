using Keelson.Core;
using TreeRemoval = Keelson.Linux.TreeRemoval;

namespace Keelson.CriServer.Commands.Client;

/// <summary>
/// Log directories of pods that <c>keelson run</c> has made. The runtime never deletes logs, which are the kubelet's;
/// for these pods the command line is in the kubelet's place.
/// </summary>
internal static class PodLogs
{
    internal const string Root = "/var/log/keelson";

    /// <summary>Says on a pod that its log directory was made by this program.</summary>
    internal const string Annotation = "keelson.io/log-directory";

    private const UnixFileMode OwnerAndGroup =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute;

    internal static string Create(string podName, string uid)
    {
        string directory = $"{Root}/{podName}_{uid}";
        Directory.CreateDirectory(directory, OwnerAndGroup);
        return directory;
    }

    internal static void DeleteIfOurs(Cri.PodSandboxMetadata metadata, IDictionary<string, string> annotations)
    {
        string name = $"{metadata.Name}_{metadata.Uid}";

        // The annotation alone could name any directory, and so could a name with slashes.
        if (annotations.TryGetValue(Annotation, out string? directory) && directory == $"{Root}/{name}" && !name.Contains('/', StringComparison.Ordinal))
        {
            TreeRemoval.Remove(HostPath.Parse(directory));
        }
    }
}
