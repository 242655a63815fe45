namespace Keelson.Images.Registry;

/// <summary>One server that may hold a repository: a mirror, or the registry itself.</summary>
/// <param name="Address">Base address; the API is below <c>v2/</c>.</param>
/// <param name="IsOrigin">The registry that the reference names. Its answer decides the kind of a failure.</param>
/// <param name="UseCredentials">Whether the pull's credentials are meant for this server (CVE-2020-15157).</param>
/// <param name="Tls">How its certificate is checked.</param>
internal sealed record RegistryEndpoint(Uri Address, bool IsOrigin, bool UseCredentials, TlsSettings Tls)
{
    /// <summary>
    /// For a mirror: the registry it stands in for, sent as <c>ns</c>, by which mirrors of several registries (and
    /// peer-to-peer ones) tell them apart. Others ignore it.
    /// </summary>
    internal string MirrorOf { get; init; } = string.Empty;

    /// <summary>The address of an API resource of <paramref name="repository"/>.</summary>
    internal Uri Resource(string repository, string kind, string target)
    {
        string query = MirrorOf.Length == 0 ? string.Empty : "?ns=" + Uri.EscapeDataString(MirrorOf);
        return new Uri($"{Address.AbsoluteUri.TrimEnd('/')}/v2/{repository}/{kind}/{target}{query}");
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Address.Scheme}://{Address.Authority}";
}

/// <summary>How a server's certificate is checked.</summary>
/// <param name="SkipVerify">Any certificate is good.</param>
/// <param name="AuthoritiesFile">PEM file of the only trusted authorities; null for the system's.</param>
internal sealed record TlsSettings(bool SkipVerify, string? AuthoritiesFile);
