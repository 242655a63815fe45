using System.Collections.Immutable;
using Keelson.Core;

namespace Keelson.Images;

/// <summary>Settings of one registry host.</summary>
public sealed record RegistryOptions
{
    /// <summary>Base addresses tried before the registry itself, in order, e.g. <c>https://mirror.example:8443</c>.</summary>
    public ImmutableArray<Uri> Mirrors { get; init; } = [];

    /// <summary>Talks plain HTTP to the registry. A loopback address is talked to so unless TLS settings are given.</summary>
    public bool PlainHttp { get; init; }

    /// <summary>Accepts any certificate. For test set-ups.</summary>
    public bool SkipTlsVerify { get; init; }

    /// <summary>PEM file of certificate authorities trusted for this host and its mirrors, instead of the system's.</summary>
    public HostPath? CertificateAuthorities { get; init; }
}
