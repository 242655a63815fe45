using System.Collections.Immutable;
using Keelson.Core;

namespace Keelson.Images;

/// <summary>Images: what the CRI edge asks for. Lists and look-ups come from memory and do no I/O.</summary>
public interface IImageService
{
    /// <summary>
    /// Pulls an image and returns its id. Equal pulls at the same time are one pull; it goes on while one of its
    /// callers still waits.
    /// </summary>
    /// <exception cref="KeelsonException">
    /// InvalidArgument (reference), NotFound, PermissionDenied, KubeletToken (<c>RegistryUnavailable</c>),
    /// FailedPrecondition (content does not match its digest), Unimplemented (media type, platform), ResourceExhausted.
    /// </exception>
    Task<Digest> PullAsync(PullRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// The image meant by an id, a truncated id, a tag, a digest reference or a short name; null when there is none.
    /// </summary>
    ImageRecord? Find(string imageSpec);

    /// <summary>All images, oldest first.</summary>
    ImmutableArray<ImageRecord> List();

    /// <summary>
    /// Forgets the image with all its tags and digests. Layers under existing containers stay until those are gone.
    /// Repeatable; an unknown image is no error.
    /// </summary>
    Task RemoveAsync(string imageSpec, CancellationToken cancellationToken);

    /// <summary>What images take on disk.</summary>
    ImageFsUsage Usage();

    /// <summary>
    /// Makes an image ready for a container. Its layers stay while the lease is held: keep it until the container is
    /// on record.
    /// </summary>
    /// <exception cref="KeelsonException">NotFound.</exception>
    ImageLease Acquire(string imageSpec);

    /// <summary>The image's config as the registry sent it (JSON), for people and tools. Reads a file.</summary>
    /// <exception cref="KeelsonException">NotFound.</exception>
    Task<string> ConfigAsync(ImageRecord image, CancellationToken cancellationToken);

    /// <summary>Pulls under way.</summary>
    ImmutableArray<PullProgress> PullsUnderWay();
}
