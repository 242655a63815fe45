using System.Security.Cryptography;
using Keelson.Core;

namespace Keelson.TestKit.Images;

/// <summary>A manifest or an index, byte for byte as pushed.</summary>
public sealed record TestManifest(string MediaType, byte[] Bytes)
{
    public Digest Digest { get; } = Digest.FromSha256(SHA256.HashData(Bytes));
}
