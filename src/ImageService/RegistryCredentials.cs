using System.Text;

namespace Keelson.Images;

/// <summary>
/// Credentials for one registry. The text form shows none of them: this record travels near logs and messages.
/// </summary>
public sealed record RegistryCredentials
{
    /// <summary>User name for basic authentication, or for asking for a token.</summary>
    public string Username { get; init; } = string.Empty;

    /// <summary>Password that belongs to <see cref="Username"/>.</summary>
    public string Password { get; init; } = string.Empty;

    /// <summary>OAuth2 refresh token, exchanged for an access token.</summary>
    public string IdentityToken { get; init; } = string.Empty;

    /// <summary>Bearer token that goes to the registry as it is.</summary>
    public string RegistryToken { get; init; } = string.Empty;

    /// <summary>The registry they are for; empty means the one in the image reference.</summary>
    public string ServerAddress { get; init; } = string.Empty;

    /// <summary>Whether nothing is set that could authenticate.</summary>
    public bool IsAnonymous => Username.Length == 0 && IdentityToken.Length == 0 && RegistryToken.Length == 0;

    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append(IsAnonymous ? "anonymous" : "redacted");
        return true;
    }
}
