using System.Text;
using Keelson.Core;
using Keelson.Linux;

namespace Keelson.Sandboxes;

/// <summary>The files that a sandbox's containers see as /etc/hostname, /etc/hosts and /etc/resolv.conf.</summary>
internal static class SandboxFiles
{
    // They are mounted into containers of any user.
    private const uint Readable = 0x1a4; // 0644

    internal static HostPath Hostname(HostPath pod) => pod.Child("hostname");

    internal static HostPath Hosts(HostPath pod) => pod.Child("hosts");

    internal static HostPath ResolvConf(HostPath pod) => pod.Child("resolv.conf");

    internal static void Write(HostPath pod, SandboxConfig config)
    {
        StateDirectory.Make(pod);
        string hostname = config.Hostname.Length > 0 ? config.Hostname : Environment.MachineName;
        Create(Hostname(pod), Encoding.UTF8.GetBytes(hostname + "\n"));
        Create(Hosts(pod), HostsFile("/etc/hosts"));
        Create(ResolvConf(pod), config.Dns is { } dns ? Encoding.UTF8.GetBytes(Render(dns)) : HostsFile("/etc/resolv.conf"));
    }

    internal static string Render(DnsConfig dns)
    {
        var text = new StringBuilder();
        if (!dns.Searches.IsEmpty)
        {
            text.Append("search ").AppendJoin(' ', dns.Searches).Append('\n');
        }

        foreach (string server in dns.Servers)
        {
            text.Append("nameserver ").Append(server).Append('\n');
        }

        if (!dns.Options.IsEmpty)
        {
            text.Append("options ").AppendJoin(' ', dns.Options).Append('\n');
        }

        return text.ToString();
    }

    // Nobody reads it before its sandbox is there: no temporary name.
    private static void Create(HostPath path, byte[] content)
    {
        using SafeFd file = PlainFile.TryCreate(path.Value, Readable, out Errno error) ?? throw LinuxException.OnOwnFile("create", path.Value, error);
        error = FdIO.WriteAll(file, content);
        if (error != Errno.None)
        {
            throw LinuxException.OnOwnFile("write", path.Value, error);
        }
    }

    // The host's file, or an empty one where it has none. A copy: later changes are not for running pods.
    private static byte[] HostsFile(string path) => File.Exists(path) ? File.ReadAllBytes(path) : [];
}
