using System.Collections.Frozen;
using Keelson.Core;

namespace Keelson.Oci.Launch.Compile;

/// <summary>
/// Which settings belong to a pod's namespaces. Any other is the node's, and a pod in the host's network or IPC
/// namespace has none of its own (CVE-2022-0532).
/// </summary>
internal static class SysctlRules
{
    private static readonly FrozenSet<string> OfIpc = FrozenSet.ToFrozenSet(
        ["kernel.msgmax", "kernel.msgmnb", "kernel.msgmni", "kernel.sem", "kernel.shmall", "kernel.shmmax", "kernel.shmmni", "kernel.shm_rmid_forced"],
        StringComparer.Ordinal);

    /// <summary>The path below /proc/sys of a setting that may be written.</summary>
    /// <exception cref="KeelsonException">InvalidArgument.</exception>
    internal static string Check(string name, string value, bool ownNetwork, bool ownIpc)
    {
        string dotted = Dotted(name);
        if (!dotted.Split('.').All(IsName))
        {
            throw Refuse(name, "expected names separated by dots");
        }

        // cr8escape (CVE-2022-0811): the value is data, but a control character has no business in it either.
        if (value.Any(char.IsControl))
        {
            throw Refuse(name, "the value has a control character");
        }

        bool ofIpc = OfIpc.Contains(dotted) || dotted.StartsWith("fs.mqueue.", StringComparison.Ordinal);
        bool ofNetwork = dotted.StartsWith("net.", StringComparison.Ordinal);
        if (!ofIpc && !ofNetwork)
        {
            throw Refuse(name, "it belongs to the node, not to a namespace of the pod");
        }

        if (ofIpc && !ownIpc || ofNetwork && !ownNetwork)
        {
            throw Refuse(name, "the pod uses the host's namespace");
        }

        string path = ToPath(name);
        return path.Split('/').All(part => part is not ("" or "." or ".."))
            ? path
            : throw Refuse(name, "expected names, not steps through directories");
    }

    // sysctl(8): with slashes as separators a dot is part of a name (net/ipv4/conf/eth0.1/forwarding).
    private static bool UsesSlashes(string name) => name.IndexOf('/', StringComparison.Ordinal) is int slash and >= 0
        && (name.IndexOf('.', StringComparison.Ordinal) is int dot && (dot < 0 || slash < dot));

    private static string Dotted(string name) => UsesSlashes(name) ? name.Replace('.', '_').Replace('/', '.') : name.Replace('/', '_');

    private static string ToPath(string name) => UsesSlashes(name) ? name : string.Join('/', name.Split('.').Select(part => part.Replace('/', '.')));

    private static bool IsName(string part) => part.Length > 0 && part.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '*' or '@');

    private static KeelsonException Refuse(string name, string reason) => new(ErrorKind.InvalidArgument, $"sysctl '{name}': {reason}");
}
