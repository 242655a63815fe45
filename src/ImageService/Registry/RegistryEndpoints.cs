using System.Collections.Immutable;
using System.Net;
using Keelson.Images.References;

namespace Keelson.Images.Registry;

/// <summary>Which servers to ask for a reference, in order: its host's mirrors, then the registry itself.</summary>
internal static class RegistryEndpoints
{
    private const string DockerHub = "docker.io";
    private const string DockerHubApi = "registry-1.docker.io";

    internal static ImmutableArray<RegistryEndpoint> For(
        ImageReference reference, RegistryOptions? options, RegistryCredentials? credentials)
    {
        options ??= new RegistryOptions();
        var tls = new TlsSettings(options.SkipTlsVerify, options.CertificateAuthorities?.Value);
        ImmutableArray<RegistryEndpoint>.Builder endpoints = ImmutableArray.CreateBuilder<RegistryEndpoint>();

        // A mirror is another party: it gets the credentials only when they name it.
        foreach (Uri mirror in options.Mirrors)
        {
            endpoints.Add(new RegistryEndpoint(mirror, IsOrigin: false, IsFor(credentials, mirror.Authority), tls) { MirrorOf = reference.Host });
        }

        string host = reference.Host == DockerHub ? DockerHubApi : reference.Host;
        bool plain = options.PlainHttp || (IsLoopback(reference.Host) && tls is { SkipVerify: false, AuthoritiesFile: null });
        var origin = new Uri($"{(plain ? "http" : "https")}://{host}");
        bool useCredentials = credentials is { ServerAddress: "" } || IsFor(credentials, reference.Host) || IsFor(credentials, host);
        endpoints.Add(new RegistryEndpoint(origin, IsOrigin: true, useCredentials, tls));
        return endpoints.ToImmutable();
    }

    /// <summary>Whether the credentials name <paramref name="authority"/>; they may do so as a URL, as docker writes it.</summary>
    private static bool IsFor(RegistryCredentials? credentials, string authority)
    {
        if (credentials is null || credentials.ServerAddress.Length == 0)
        {
            return false;
        }

        string address = credentials.ServerAddress;
        if (Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https")
        {
            address = uri!.Authority;
        }

        address = address.TrimEnd('/');
        return string.Equals(address, authority, StringComparison.OrdinalIgnoreCase)
            || (IsDockerHub(address) && IsDockerHub(authority));
    }

    private static bool IsDockerHub(string authority) => authority is DockerHub or DockerHubApi or "index.docker.io";

    private static bool IsLoopback(string host)
    {
        string name = Uri.TryCreate("http://" + host, UriKind.Absolute, out Uri? uri) ? uri.Host.Trim('[', ']') : host;
        return name == "localhost" || (IPAddress.TryParse(name, out IPAddress? address) && IPAddress.IsLoopback(address));
    }
}
