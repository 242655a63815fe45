using System.Security.Cryptography;
using Keelson.Core;

namespace Keelson.Images.Layers;

/// <summary>Hashes bytes as they pass and compares at the end.</summary>
internal sealed class DigestCheck(Digest expected) : IDisposable
{
    private readonly IncrementalHash _hash =
        IncrementalHash.CreateHash(expected.Algorithm == "sha512" ? HashAlgorithmName.SHA512 : HashAlgorithmName.SHA256);

    internal void Append(ReadOnlySpan<byte> bytes) => _hash.AppendData(bytes);

    /// <summary>Whether everything appended has the expected digest; <paramref name="actual"/> is what it has.</summary>
    internal bool Matches(out string actual)
    {
        actual = $"{expected.Algorithm}:{Convert.ToHexStringLower(_hash.GetHashAndReset())}";
        return actual == expected.Value;
    }

    public void Dispose() => _hash.Dispose();
}
