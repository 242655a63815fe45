using System.Net.Http.Headers;

namespace Keelson.Images.Registry.Auth;

/// <summary>A WWW-Authenticate challenge (RFC 9110 section 11.6.1, and the distribution project's token specification).</summary>
/// <param name="Scheme">Lower case: <c>bearer</c> or <c>basic</c>.</param>
/// <param name="Realm">Where a token is to be had.</param>
/// <param name="Service">For whom the token is.</param>
/// <param name="Scope">What it is to allow; may be empty.</param>
internal sealed record Challenge(string Scheme, string Realm, string Service, string Scope)
{
    /// <summary>The challenge to answer: bearer where there is one, else basic, else null.</summary>
    internal static Challenge? Choose(HttpHeaderValueCollection<AuthenticationHeaderValue> headers)
    {
        Challenge? basic = null;
        foreach (AuthenticationHeaderValue header in headers)
        {
            string scheme = header.Scheme.ToLowerInvariant();
            Dictionary<string, string> parameters = Parameters(header.Parameter ?? string.Empty);
            var challenge = new Challenge(
                scheme,
                parameters.GetValueOrDefault("realm", string.Empty),
                parameters.GetValueOrDefault("service", string.Empty),
                parameters.GetValueOrDefault("scope", string.Empty));
            if (scheme == "bearer")
            {
                return challenge;
            }

            basic = scheme == "basic" ? challenge : basic;
        }

        return basic;
    }

    /// <summary><c>name=value</c> and <c>name="quoted \" value"</c>, separated by commas.</summary>
    private static Dictionary<string, string> Parameters(string text)
    {
        var parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        int position = 0;
        while (position < text.Length)
        {
            int equals = text.IndexOf('=', position);
            if (equals < 0)
            {
                break;
            }

            string name = text[position..equals].Trim(' ', ',', '\t');
            position = equals + 1;
            position += text.AsSpan(position).IndexOfAnyExcept(' ', '\t') is var blanks && blanks > 0 ? blanks : 0;
            parameters[name] = position < text.Length && text[position] == '"'
                ? Quoted(text, ref position)
                : Plain(text, ref position);
        }

        return parameters;
    }

    private static string Quoted(string text, ref int position)
    {
        var value = new System.Text.StringBuilder();
        position++;
        while (position < text.Length && text[position] != '"')
        {
            if (text[position] == '\\' && position + 1 < text.Length)
            {
                position++;
            }

            value.Append(text[position++]);
        }

        position++;
        return value.ToString();
    }

    private static string Plain(string text, ref int position)
    {
        int end = text.IndexOf(',', position);
        end = end < 0 ? text.Length : end;
        string value = text[position..end].Trim();
        position = end;
        return value;
    }
}
