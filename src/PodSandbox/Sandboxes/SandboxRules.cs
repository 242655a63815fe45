using System.Text;
using Keelson.Core;

namespace Keelson.Sandboxes;

/// <summary>What a sandbox request must be before anything is done about it.</summary>
internal static class SandboxRules
{
    /// <exception cref="KeelsonException">InvalidArgument, NotFound (runtime handler), Unimplemented.</exception>
    internal static void Check(SandboxConfig config, PodRuntimeOptions options)
    {
        Require(config.Metadata.Name.Length > 0, "sandbox metadata: no name");
        foreach (string part in (ReadOnlySpan<string>)[config.Metadata.Name, config.Metadata.Namespace, config.Metadata.Uid])
        {
            // They go into CNI_ARGS, whose entries end with a semicolon, and into messages.
            Require(part.All(c => c > ' ' && c != ';' && c != 0x7f), $"sandbox metadata '{part}': blanks, control characters and ';' are not allowed");
        }

        Require(
            config.RuntimeHandler.Length == 0 || options.RuntimeHandlers.ContainsKey(config.RuntimeHandler),
            $"runtime handler '{config.RuntimeHandler}' is not configured");
        Require(IsHostname(config.Hostname), $"hostname '{config.Hostname}': at most 64 bytes without blanks and control characters");
        Require(
            config.LogDirectory.Length == 0 || config.LogDirectory[0] == '/', $"log directory '{config.LogDirectory}': expected an absolute path");
        Require(IsCgroupPath(config.CgroupParent), $"cgroup parent '{config.CgroupParent}': expected an absolute path without '..'");
        CheckNamespaces(config.Security.Namespaces);
        foreach (string word in (config.Dns ?? new DnsConfig()) is var dns ? dns.Servers.Concat(dns.Searches).Concat(dns.Options) : [])
        {
            Require(word.Length > 0 && word.All(c => c > ' ' && c != 0x7f), $"DNS configuration '{word}': blanks and control characters are not allowed");
        }

        foreach (PortMapping mapping in config.PortMappings)
        {
            Require(
                mapping.HostPort <= 0 || (mapping.HostPort <= 65535 && mapping.ContainerPort is > 0 and <= 65535),
                $"port mapping {mapping.HostPort} to {mapping.ContainerPort}: out of range");
        }
    }

    internal static bool IsCgroupPath(string path) =>
        path.Length == 0 || (path[0] == '/' && !path.Contains('\0') && path.Split('/').All(part => part is not (".." or ".")));

    private static void CheckNamespaces(NamespaceOptions namespaces)
    {
        Require(namespaces.Network is NamespaceMode.Pod or NamespaceMode.Node, $"network namespace mode {namespaces.Network}: expected POD or NODE");
        Require(namespaces.Ipc is NamespaceMode.Pod or NamespaceMode.Node, $"IPC namespace mode {namespaces.Ipc}: expected POD or NODE");
        Require(namespaces.Pid is not NamespaceMode.Target, "PID namespace mode TARGET: a sandbox has no target");
        if (namespaces.UserNamespace is { Mode: not NamespaceMode.Node } user)
        {
            Require(user.Mode == NamespaceMode.Pod, $"user namespace mode {user.Mode}: expected POD or NODE");
            throw new KeelsonException(ErrorKind.Unimplemented, "user namespaces are not supported yet");
        }
    }

    private static bool IsHostname(string hostname) =>
        Encoding.UTF8.GetByteCount(hostname) <= 64 && hostname.All(c => c > ' ' && c != 0x7f && c != '/');

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new KeelsonException(ErrorKind.InvalidArgument, otherwise);
        }
    }
}
