using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Keelson.Core;

/// <summary>The identifier of a sandbox: 64 lower-case hexadecimal digits.</summary>
public readonly record struct SandboxId
{
    private readonly string? _value;

    private SandboxId(string value) => _value = value;

    /// <summary>The whole identifier.</summary>
    public string Value => _value ?? throw new InvalidOperationException("a default SandboxId has no value");

    /// <summary>The first 12 digits, for messages and tables.</summary>
    public string Short => Value[..12];

    /// <summary>Makes a new random identifier.</summary>
    public static SandboxId New() => new(RandomNumberGenerator.GetHexString(HexId.Length, lowercase: true));

    /// <summary>Reads a whole identifier; anything else gives false.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out SandboxId id)
    {
        bool valid = HexId.IsValid(text);
        id = valid ? new SandboxId(text!) : default;
        return valid;
    }

    /// <summary>Reads a whole identifier.</summary>
    /// <exception cref="KeelsonException">InvalidArgument.</exception>
    public static SandboxId Parse(string text) => TryParse(text, out SandboxId id)
        ? id
        : throw new KeelsonException(ErrorKind.InvalidArgument, $"sandbox id '{text}': expected 64 lower-case hexadecimal digits");

    /// <inheritdoc/>
    public override string ToString() => _value ?? string.Empty;
}
