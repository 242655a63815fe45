namespace Keelson.Core;

/// <summary>
/// Answers which layers containers still stand on, so that removing an image never takes a mounted layer away.
/// Implemented by the side that runs containers, asked by the side that deletes layers; neither knows the other.
/// </summary>
public interface ILayerUsers
{
    /// <summary>Chain IDs of every layer that an existing container, in whatever state, was created on. Does no I/O.</summary>
    IReadOnlySet<Digest> ChainIdsInUse();
}
