using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Keelson.Core;

/// <summary>The identifier of a container: 64 lower-case hexadecimal digits.</summary>
public readonly record struct ContainerId
{
    private readonly string? _value;

    private ContainerId(string value) => _value = value;

    /// <summary>The whole identifier.</summary>
    public string Value => _value ?? throw new InvalidOperationException("a default ContainerId has no value");

    /// <summary>The first 12 digits, for messages and tables.</summary>
    public string Short => Value[..12];

    /// <summary>Makes a new random identifier.</summary>
    public static ContainerId New() => new(RandomNumberGenerator.GetHexString(HexId.Length, lowercase: true));

    /// <summary>Reads a whole identifier; anything else gives false.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ContainerId id)
    {
        bool valid = HexId.IsValid(text);
        id = valid ? new ContainerId(text!) : default;
        return valid;
    }

    /// <summary>Reads a whole identifier.</summary>
    /// <exception cref="KeelsonException">InvalidArgument.</exception>
    public static ContainerId Parse(string text) => TryParse(text, out ContainerId id)
        ? id
        : throw new KeelsonException(ErrorKind.InvalidArgument, $"container id '{text}': expected 64 lower-case hexadecimal digits");

    /// <inheritdoc/>
    public override string ToString() => _value ?? string.Empty;
}
