using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using Google.Protobuf;

namespace Keelson.CriServer.Commands.Client;

/// <summary>From the command line of <c>run</c> to the two configurations of the interface.</summary>
internal static class RunConfigs
{
    internal static Cri.PodSandboxConfig Pod(ParseResult parsed, RunOptions options)
    {
        Cri.PodSandboxConfig config = FromFile(parsed.GetValue(options.PodFile), Cri.PodSandboxConfig.Parser);
        string name = parsed.GetValue(options.Name) ?? NameOf(parsed.GetValue(options.Image)!);
        config.Metadata ??= new Cri.PodSandboxMetadata
        {
            Name = name,
            Namespace = parsed.GetValue(options.Namespace),
            Uid = RandomNumberGenerator.GetHexString(16, lowercase: true),
        };
        config.Linux ??= new Cri.LinuxPodSandboxConfig();
        config.Linux.SecurityContext ??= new Cri.LinuxSandboxSecurityContext();
        Cri.LinuxSandboxSecurityContext security = config.Linux.SecurityContext;
        security.Privileged |= parsed.GetValue(options.Privileged);
        if (parsed.GetValue(options.HostNetwork))
        {
            security.NamespaceOptions ??= new Cri.NamespaceOption { Pid = Cri.NamespaceMode.Container };
            security.NamespaceOptions.Network = Cri.NamespaceMode.Node;
        }
        else
        {
            security.NamespaceOptions ??= new Cri.NamespaceOption { Pid = Cri.NamespaceMode.Container };
            config.Hostname = config.Hostname.Length > 0 ? config.Hostname : config.Metadata.Name;
        }

        config.PortMappings.Add((parsed.GetValue(options.Ports) ?? []).Select(Port));
        if (config.LogDirectory.Length == 0)
        {
            config.LogDirectory = PodLogs.Create(config.Metadata.Name, config.Metadata.Uid);
            config.Annotations[PodLogs.Annotation] = config.LogDirectory;
        }

        return config;
    }

    internal static Cri.ContainerConfig Container(ParseResult parsed, RunOptions options, Cri.PodSandboxConfig pod, string imageId)
    {
        Cri.ContainerConfig config = FromFile(parsed.GetValue(options.ContainerFile), Cri.ContainerConfig.Parser);
        config.Metadata ??= new Cri.ContainerMetadata { Name = pod.Metadata.Name };
        config.Image = new Cri.ImageSpec { Image = imageId, UserSpecifiedImage = parsed.GetValue(options.Image) };
        config.Args.Add(parsed.GetValue(options.Words) ?? []);
        config.Envs.Add((parsed.GetValue(options.Environment) ?? []).Select(Variable));
        config.Mounts.Add((parsed.GetValue(options.Mounts) ?? []).Select(Mount));
        config.WorkingDir = parsed.GetValue(options.WorkingDirectory) ?? config.WorkingDir;
        config.LogPath = config.LogPath.Length > 0 ? config.LogPath : $"{config.Metadata.Name}.log";
        config.Linux ??= new Cri.LinuxContainerConfig();
        config.Linux.SecurityContext ??= new Cri.LinuxContainerSecurityContext();
        Cri.LinuxContainerSecurityContext security = config.Linux.SecurityContext;
        security.NamespaceOptions ??= pod.Linux.SecurityContext.NamespaceOptions.Clone();
        security.Privileged |= parsed.GetValue(options.Privileged);
        if (parsed.GetValue(options.User) is { } user)
        {
            SetUser(security, user);
        }

        return config;
    }

    private static T FromFile<T>(string? path, MessageParser<T> parser)
        where T : IMessage<T>, new()
    {
        if (path is null)
        {
            return new T();
        }

        try
        {
            return parser.ParseJson(File.ReadAllText(path));
        }
        catch (Exception e) when (e is InvalidJsonException or InvalidProtocolBufferException)
        {
            throw new UsageException($"{path}: {e.Message}");
        }
    }

    /// <summary>The last part of a reference without tag and digest: <c>registry.example/team/app:1.2</c> is <c>app</c>.</summary>
    private static string NameOf(string image)
    {
        string last = image[(image.LastIndexOf('/') + 1)..];
        int end = last.AsSpan().IndexOfAny(':', '@');
        return end < 0 ? last : last[..end];
    }

    private static Cri.KeyValue Variable(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals > 0
            ? new Cri.KeyValue { Key = text[..equals], Value = ByteString.CopyFromUtf8(text[(equals + 1)..]) }
            : throw new UsageException($"variable '{text}': expected NAME=value");
    }

    private static Cri.Mount Mount(string text) => text.Split(':') switch
    {
        [var host, var container] => new Cri.Mount { HostPath = FromHere(host), ContainerPath = container },
        [var host, var container, "ro"] => new Cri.Mount { HostPath = FromHere(host), ContainerPath = container, Readonly = true },
        _ => throw new UsageException($"volume '{text}': expected host:container or host:container:ro"),
    };

    // A person names paths from where they stand.
#pragma warning disable RS0030
    private static string FromHere(string path) => Path.GetFullPath(path);
#pragma warning restore RS0030

    private static Cri.PortMapping Port(string text)
    {
        string[] parts = text.Split('/');
        string[] ports = parts[0].Split(':');
        Cri.Protocol? protocol = parts is [_] ? Cri.Protocol.Tcp : parts[^1] switch
        {
            "tcp" => Cri.Protocol.Tcp,
            "udp" => Cri.Protocol.Udp,
            "sctp" => Cri.Protocol.Sctp,
            _ => null,
        };
        return parts.Length <= 2 && protocol is { } known && ports.Length == 2
            && ushort.TryParse(ports[0], NumberStyles.None, CultureInfo.InvariantCulture, out ushort host)
            && ushort.TryParse(ports[1], NumberStyles.None, CultureInfo.InvariantCulture, out ushort container)
            ? new Cri.PortMapping { Protocol = known, HostPort = host, ContainerPort = container }
            : throw new UsageException($"port '{text}': expected host:container or host:container/udp");
    }

    private static void SetUser(Cri.LinuxContainerSecurityContext security, string text)
    {
        string[] parts = text.Split(':');
        long?[] ids = Array.ConvertAll(parts, p => long.TryParse(p, NumberStyles.None, CultureInfo.InvariantCulture, out long id) ? id : (long?)null);
        switch (ids)
        {
            case [{ } uid]:
                security.RunAsUser = new Cri.Int64Value { Value = uid };
                break;
            case [{ } uid, { } gid]:
                security.RunAsUser = new Cri.Int64Value { Value = uid };
                security.RunAsGroup = new Cri.Int64Value { Value = gid };
                break;
            case [null]:
                security.RunAsUsername = text;
                break;
            default:
                throw new UsageException($"user '{text}': expected a name, uid or uid:gid");
        }
    }
}
