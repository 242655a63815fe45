using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Keelson.Core;

namespace Keelson.Images.Store;

/// <summary>Chain IDs (OCI image-spec, "Layer ChainID"): a layer together with all below it.</summary>
internal static class ChainIds
{
    /// <summary>The chain IDs of a stack of layers, the lowest first.</summary>
    internal static ImmutableArray<Digest> Of(IEnumerable<Digest> diffIds)
    {
        ImmutableArray<Digest>.Builder chain = ImmutableArray.CreateBuilder<Digest>();
        foreach (Digest diffId in diffIds)
        {
            chain.Add(chain.Count == 0 ? diffId : Join(chain[^1], diffId));
        }

        return chain.ToImmutable();
    }

    private static Digest Join(Digest parent, Digest diffId) =>
        Digest.FromSha256(SHA256.HashData(Encoding.ASCII.GetBytes($"{parent} {diffId}")));
}
