using System.Net;

namespace Keelson.Images.Registry;

/// <summary>
/// The proxy that the environment names (HTTPS_PROXY, NO_PROXY...), except for loopback addresses: those are this
/// machine's, and a proxy would look for them on its own.
/// </summary>
internal sealed class LoopbackBypass(IWebProxy inner) : IWebProxy
{
    /// <inheritdoc/>
    public ICredentials? Credentials
    {
        get => inner.Credentials;
        set => inner.Credentials = value;
    }

    /// <inheritdoc/>
    public Uri? GetProxy(Uri destination) => destination.IsLoopback ? null : inner.GetProxy(destination);

    /// <inheritdoc/>
    public bool IsBypassed(Uri host) => host.IsLoopback || inner.IsBypassed(host);
}
