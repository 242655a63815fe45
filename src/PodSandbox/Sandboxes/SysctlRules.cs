using System.Collections.Frozen;
using System.Collections.Immutable;
using Keelson.Core;

namespace Keelson.Sandboxes;

/// <summary>
/// Which sysctls a pod may set: those of a namespace that it has for itself. One of the host's namespace would change
/// the host (CVE-2022-0532); values are checked, as they come from the pod's author (CVE-2022-0811).
/// </summary>
internal static class SysctlRules
{
    private static readonly FrozenSet<string> Ipc = new[]
    {
        "kernel/msgmax", "kernel/msgmnb", "kernel/msgmni", "kernel/sem", "kernel/shmall", "kernel/shmmax", "kernel/shmmni",
        "kernel/shm_rmid_forced",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Splits them by the namespace they belong to, names in slash form.</summary>
    /// <exception cref="KeelsonException">InvalidArgument.</exception>
    internal static SandboxSysctls Sort(SandboxConfig config, ImmutableSortedDictionary<string, string> defaults)
    {
        NamespaceOptions namespaces = config.Security.Namespaces;
        bool hostNetwork = namespaces.Network == NamespaceMode.Node;
        var network = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var pause = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, string value) in hostNetwork ? Maps.Empty : defaults)
        {
            network[SlashForm(name)] = value;
        }

        foreach ((string name, string value) in config.Sysctls)
        {
            string path = SlashForm(name);
            CheckValue(name, value);
            if (path.StartsWith("net/", StringComparison.Ordinal))
            {
                Refuse(hostNetwork, name, "network");
                network[path] = value;
            }
            else if (Ipc.Contains(path) || path.StartsWith("fs/mqueue/", StringComparison.Ordinal))
            {
                Refuse(namespaces.Ipc == NamespaceMode.Node, name, "IPC");
                pause[path] = value;
            }
            else
            {
                throw new KeelsonException(ErrorKind.InvalidArgument, $"sysctl '{name}': it belongs to no namespace of a pod");
            }
        }

        return new SandboxSysctls([.. network], [.. pause]);
    }

    /// <summary>Both ways of writing, as sysctl(8): the first separator tells which of <c>.</c> and <c>/</c> separates.</summary>
    private static string SlashForm(string name)
    {
        int separator = name.AsSpan().IndexOfAny('.', '/');
        string path = separator >= 0 && name[separator] == '.'
            ? string.Create(name.Length, name, static (span, source) =>
            {
                for (int i = 0; i < source.Length; i++)
                {
                    span[i] = source[i] switch { '.' => '/', '/' => '.', char other => other };
                }
            })
            : name;
        bool valid = path.Length is > 0 and <= 256
            && path.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '/' or ':')
            && path.Split('/').All(part => part is not ("" or "." or ".."));
        return valid ? path : throw new KeelsonException(ErrorKind.InvalidArgument, $"sysctl '{name}' is not a name");
    }

    private static void CheckValue(string name, string value)
    {
        if (value.Length > 4096 || value.Any(c => c is (< ' ' and not '\t') or > '~'))
        {
            throw new KeelsonException(ErrorKind.InvalidArgument, $"sysctl '{name}': its value has characters other than printable ASCII");
        }
    }

    private static void Refuse(bool isHosts, string name, string kind)
    {
        if (isHosts)
        {
            throw new KeelsonException(ErrorKind.InvalidArgument, $"sysctl '{name}': the pod uses the host's {kind} namespace");
        }
    }
}
