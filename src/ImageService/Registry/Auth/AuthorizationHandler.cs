using System.Net;
using System.Net.Http.Headers;

namespace Keelson.Images.Registry.Auth;

/// <summary>
/// Answers a registry's challenges for one repository and one set of credentials, and remembers the answer for the
/// requests that follow. Sends nothing secret to any server but its own endpoint and that endpoint's token realm.
/// </summary>
internal sealed class AuthorizationHandler : DelegatingHandler
{
    private readonly RegistryEndpoint _endpoint;
    private readonly string _repository;
    private readonly RegistryCredentials? _credentials;
    private readonly HttpMessageInvoker _tokenHttp;
    private readonly SemaphoreSlim _challengeTurn = new(1, 1);
    private volatile AuthenticationHeaderValue? _authorization;

    /// <param name="transport">Shared; follows redirects.</param>
    /// <param name="tokenTransport">Shared; follows none.</param>
    /// <param name="endpoint">The server that is asked, and the only one whose challenges are answered.</param>
    /// <param name="repository">What a token is to allow pulling.</param>
    /// <param name="credentials">Null for anonymous.</param>
    internal AuthorizationHandler(
        HttpMessageHandler transport, HttpMessageHandler tokenTransport, RegistryEndpoint endpoint, string repository,
        RegistryCredentials? credentials)
        : base(transport)
    {
        _endpoint = endpoint;
        _repository = repository;
        _credentials = endpoint.UseCredentials && credentials is { IsAnonymous: false } ? credentials : null;
        _tokenHttp = new HttpMessageInvoker(tokenTransport, disposeHandler: false);
        if (_credentials is { RegistryToken.Length: > 0 })
        {
            _authorization = new AuthenticationHeaderValue("Bearer", _credentials.RegistryToken);
        }
    }

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Uri address = request.RequestUri!;
        AuthenticationHeaderValue? tried = _authorization;
        request.Headers.Authorization = tried;
        HttpResponseMessage response = await base.SendAsync(request, cancellationToken);

        // The transport writes the address it was redirected to into the request. A challenge from there is not the
        // registry's, and answering it would show the credentials to a stranger (CVE-2020-15157).
        bool isOwn = request.RequestUri == address;
        request.RequestUri = address;
        if (response.StatusCode != HttpStatusCode.Unauthorized || !isOwn)
        {
            return response;
        }

        Challenge? challenge = Challenge.Choose(response.Headers.WwwAuthenticate);
        AuthenticationHeaderValue? answer = challenge is null ? null : await AnswerAsync(challenge, tried, cancellationToken);
        if (answer is null)
        {
            return response;
        }

        response.Dispose();
        using var again = new HttpRequestMessage(request.Method, address);
        foreach (KeyValuePair<string, IEnumerable<string>> header in request.Headers)
        {
            again.Headers.TryAddWithoutValidation(header.Key, header.Value);
        }

        again.Headers.Authorization = answer;
        return await base.SendAsync(again, cancellationToken);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        // The inner handler is shared by all pulls: it stays.
        if (disposing)
        {
            _tokenHttp.Dispose();
            _challengeTurn.Dispose();
        }
    }

    /// <summary>The header that answers <paramref name="challenge"/>; null when there is nothing left to try.</summary>
    private async Task<AuthenticationHeaderValue?> AnswerAsync(
        Challenge challenge, AuthenticationHeaderValue? tried, CancellationToken cancellationToken)
    {
        // The layers of a pull run into the same expired token together: one fetches, the others take its result.
        await _challengeTurn.WaitAsync(cancellationToken);
        try
        {
            if (!ReferenceEquals(_authorization, tried))
            {
                return _authorization;
            }

            if (challenge.Scheme == "basic")
            {
                bool canTry = _credentials is { Username.Length: > 0 } && tried is null;
                return canTry ? _authorization = TokenClient.Basic(_credentials!) : null;
            }

            if (_credentials is { RegistryToken.Length: > 0 })
            {
                return null;
            }

            string token = await TokenClient.FetchAsync(_tokenHttp, _endpoint, challenge, _repository, _credentials, cancellationToken);
            return _authorization = new AuthenticationHeaderValue("Bearer", token);
        }
        finally
        {
            _challengeTurn.Release();
        }
    }
}
