using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Keelson.Images.Registry;

/// <summary>Connections to registries, pooled across pulls; one pool for each way of checking certificates.</summary>
internal sealed class RegistryTransport(TimeSpan connectTimeout) : IDisposable
{
    private const int MaxRedirects = 5;
    private const int MaxHeaderKibibytes = 64;

    private readonly ConcurrentDictionary<(TlsSettings Tls, bool FollowsRedirects), SocketsHttpHandler> _handlers = new();

    /// <summary>The shared handler for <paramref name="tls"/>; never to be disposed by a caller.</summary>
    /// <remarks>
    /// Redirects (to blob storage) are followed by the framework's handler, which drops the Authorization header and
    /// refuses to leave https for http: both are what keeps credentials at home (CVE-2020-15157).
    /// </remarks>
    internal HttpMessageHandler HandlerFor(TlsSettings tls) => _handlers.GetOrAdd((tls, true), Create);

    /// <summary>Like <see cref="HandlerFor"/>, for token servers: a redirected POST would carry the refresh token along.</summary>
    internal HttpMessageHandler TokenHandlerFor(TlsSettings tls) => _handlers.GetOrAdd((tls, false), Create);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (SocketsHttpHandler handler in _handlers.Values)
        {
            handler.Dispose();
        }
    }

    private SocketsHttpHandler Create((TlsSettings Tls, bool FollowsRedirects) kind) => new()
    {
        AllowAutoRedirect = kind.FollowsRedirects,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = connectTimeout,
        MaxAutomaticRedirections = MaxRedirects,
        MaxResponseHeadersLength = MaxHeaderKibibytes,
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
        Proxy = new LoopbackBypass(HttpClient.DefaultProxy),
        UseCookies = false,
        ActivityHeadersPropagator = null,
        SslOptions = CreateTlsOptions(kind.Tls),
    };

    private static SslClientAuthenticationOptions CreateTlsOptions(TlsSettings tls)
    {
        var options = new SslClientAuthenticationOptions();
        if (tls.SkipVerify)
        {
            options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        }
        else if (tls.AuthoritiesFile is { } file)
        {
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            policy.CustomTrustStore.ImportFromPemFile(file);
            options.CertificateChainPolicy = policy;
        }

        return options;
    }
}
