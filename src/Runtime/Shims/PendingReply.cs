using Keelson.Oci.Shims.Protocol;

namespace Keelson.Oci.Shims;

/// <summary>A request that waits for its reply.</summary>
internal abstract class PendingReply(FrameKind expected)
{
    /// <summary>The kind its reply must have, if it is no Failure.</summary>
    public FrameKind Expected { get; } = expected;

    public abstract void Complete(ReadOnlySpan<byte> body);

    public abstract void Fail(Exception failure);
}
