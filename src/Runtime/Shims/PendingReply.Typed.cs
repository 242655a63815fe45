using Keelson.Oci.Shims.Protocol;

namespace Keelson.Oci.Shims;

/// <summary>Turns a reply's body into a value.</summary>
internal delegate T ReplyReader<out T>(ReadOnlySpan<byte> body);

/// <inheritdoc/>
internal sealed class PendingReply<T>(FrameKind expected, ReplyReader<T> read) : PendingReply(expected)
{
    private readonly TaskCompletionSource<T> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Reply => _reply.Task;

    public override void Complete(ReadOnlySpan<byte> body) => _reply.TrySetResult(read(body));

    public override void Fail(Exception failure) => _reply.TrySetException(failure);
}
