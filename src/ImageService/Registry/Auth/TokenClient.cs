using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Keelson.Images.Registry.Model;

namespace Keelson.Images.Registry.Auth;

/// <summary>
/// Gets bearer tokens: by GET with basic authentication or anonymously, or by POST for an OAuth2 refresh token
/// (the distribution project's token and OAuth2 specifications).
/// </summary>
internal static class TokenClient
{
    private const string ClientId = "keelson";
    private const int MaxTokenBytes = 1 << 20;

    /// <summary>Asks <paramref name="challenge"/>'s realm for a token that allows pulling.</summary>
    /// <exception cref="EndpointException">The realm cannot be used, refuses, or cannot be reached.</exception>
    internal static async Task<string> FetchAsync(
        HttpMessageInvoker http, RegistryEndpoint endpoint, Challenge challenge, string repository,
        RegistryCredentials? credentials, CancellationToken cancellationToken)
    {
        Uri realm = RealmOf(challenge, endpoint);
        string scope = challenge.Scope.Length > 0 ? challenge.Scope : $"repository:{repository}:pull";
        using HttpRequestMessage request = credentials is { IdentityToken.Length: > 0 }
            ? RefreshRequest(realm, challenge.Service, scope, credentials.IdentityToken)
            : TokenRequest(realm, challenge.Service, scope, credentials);

        using HttpResponseMessage response = await http.SendAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw EndpointException.FromStatus(endpoint, $"token from {realm.Scheme}://{realm.Authority}", response.StatusCode);
        }

        byte[] body = await BoundedBody.ReadAsync(response, MaxTokenBytes, endpoint, "token", cancellationToken);
        return TokenOf(body) ?? throw new EndpointException(
            endpoint, EndpointFailure.Malformed, $"token from {realm.Authority}: the answer holds no token");
    }

    /// <summary>
    /// A registry reached by TLS must not send its users to an unencrypted realm, and one that may do without TLS (a
    /// loopback address, or one so configured) speaks for its own host alone.
    /// </summary>
    private static Uri RealmOf(Challenge challenge, RegistryEndpoint endpoint)
    {
        bool usable = Uri.TryCreate(challenge.Realm, UriKind.Absolute, out Uri? realm)
            && (realm.Scheme == Uri.UriSchemeHttps
                || (realm.Scheme == Uri.UriSchemeHttp
                    && endpoint.Address.Scheme == Uri.UriSchemeHttp
                    && (realm.IsLoopback || realm.Host == endpoint.Address.Host)));
        return usable
            ? realm!
            : throw new EndpointException(endpoint, EndpointFailure.Denied, "the registry's token realm is no https address");
    }

    private static HttpRequestMessage TokenRequest(Uri realm, string service, string scope, RegistryCredentials? credentials)
    {
        string separator = realm.Query.Length > 0 ? "&" : "?";
        string query = $"{separator}service={Uri.EscapeDataString(service)}&scope={Uri.EscapeDataString(scope)}";
        var request = new HttpRequestMessage(HttpMethod.Get, realm.AbsoluteUri + query);
        if (credentials is { Username.Length: > 0 })
        {
            request.Headers.Authorization = Basic(credentials);
        }

        return request;
    }

    private static HttpRequestMessage RefreshRequest(Uri realm, string service, string scope, string refreshToken)
    {
        var form = new Dictionary<string, string>
        {
            ["grant_type"] = "refresh_token",
            ["refresh_token"] = refreshToken,
            ["service"] = service,
            ["scope"] = scope,
            ["client_id"] = ClientId,
        };
        return new HttpRequestMessage(HttpMethod.Post, realm) { Content = new FormUrlEncodedContent(form) };
    }

    internal static AuthenticationHeaderValue Basic(RegistryCredentials credentials)
    {
        byte[] pair = Encoding.UTF8.GetBytes($"{credentials.Username}:{credentials.Password}");
        return new AuthenticationHeaderValue("Basic", Convert.ToBase64String(pair));
    }

    private static string? TokenOf(byte[] body)
    {
        try
        {
            TokenAnswer? answer = JsonSerializer.Deserialize(body, RegistryJson.Default.TokenAnswer);
            string? token = string.IsNullOrEmpty(answer?.Token) ? answer?.AccessToken : answer.Token;
            return string.IsNullOrEmpty(token) ? null : token;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
