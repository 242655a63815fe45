using System.Diagnostics.CodeAnalysis;

namespace Keelson.Core;

/// <summary>
/// A content digest as the OCI image-spec writes it: <c>sha256:</c> and 64, or <c>sha512:</c> and 128, lower-case
/// hexadecimal digits. Only these two registered algorithms are accepted.
/// </summary>
public readonly record struct Digest
{
    private readonly string? _value;

    private Digest(string value) => _value = value;

    /// <summary>Algorithm, colon and digits.</summary>
    public string Value => _value ?? throw new InvalidOperationException("a default Digest has no value");

    /// <summary><c>sha256</c> or <c>sha512</c>.</summary>
    public string Algorithm => Value[..Value.IndexOf(':', StringComparison.Ordinal)];

    /// <summary>The digits alone.</summary>
    public string Hex => Value[(Value.IndexOf(':', StringComparison.Ordinal) + 1)..];

    /// <summary>Makes a digest of the 32 bytes of a finished SHA-256.</summary>
    public static Digest FromSha256(ReadOnlySpan<byte> hash)
    {
        if (hash.Length != 32)
        {
            throw new ArgumentException("a SHA-256 hash has 32 bytes", nameof(hash));
        }

        return new Digest("sha256:" + Convert.ToHexStringLower(hash));
    }

    /// <summary>Reads a digest; anything else gives false.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Digest digest)
    {
        digest = default;
        int digits = text switch
        {
            not null when text.StartsWith("sha256:", StringComparison.Ordinal) => 64,
            not null when text.StartsWith("sha512:", StringComparison.Ordinal) => 128,
            _ => 0,
        };

        if (digits == 0 || text!.Length != "sha256:".Length + digits)
        {
            return false;
        }

        foreach (char c in text.AsSpan("sha256:".Length))
        {
            if (!char.IsAsciiHexDigitLower(c))
            {
                return false;
            }
        }

        digest = new Digest(text);
        return true;
    }

    /// <summary>Reads a digest.</summary>
    /// <exception cref="KeelsonException">InvalidArgument.</exception>
    public static Digest Parse(string text) => TryParse(text, out Digest digest)
        ? digest
        : throw new KeelsonException(ErrorKind.InvalidArgument, $"digest '{text}': expected sha256: or sha512: and lower-case hexadecimal digits");

    /// <inheritdoc/>
    public override string ToString() => _value ?? string.Empty;
}
