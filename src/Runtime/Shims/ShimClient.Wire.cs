using System.Net.Sockets;
using Keelson.Core;
using Keelson.Linux;
using Keelson.Oci.Shims.Protocol;

namespace Keelson.Oci.Shims;

public sealed partial class ShimClient
{
    /// <summary>Bodies up to this size share one buffer; a larger one is let go after use.</summary>
    private const int KeptBodyBytes = 16 * 1024;

    private static readonly string OwnBuild = typeof(ShimClient).Assembly.GetName().Version?.ToString() ?? "unknown";

    // Held across the send of one frame, so that frames do not mix; never together with _gate.
    private readonly SemaphoreSlim _sending = new(1, 1);

    // One for all connections, taken while a frame is sent: a launch makes it some 50 KiB large, which is too much to
    // keep for each pod. Who finds it taken makes another.
    private static FrameWriter? s_spareWriter;

    private readonly Lock _gate = new();
    private readonly Dictionary<uint, PendingReply> _pending = [];
    private uint _lastId;
    private Exception? _failure;

    // Only the greeting, and after it the reading loop, touch these.
    private readonly byte[] _header = new byte[FrameHeader.Size];
    private byte[] _body = new byte[1024];

    private async Task<T> RequestAsync<T>(
        FrameKind kind, FrameKind replyKind, Action<FrameWriter> write, ReplyReader<T> read, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var pending = new PendingReply<T>(replyKind, read);
        uint id = Register(pending);
        try
        {
            // Not cancellable: half a frame would end the connection for everyone.
            await SendAsync(kind, id, write, CancellationToken.None);
        }
        catch (Exception failure)
        {
            Withdraw(id);
            throw failure is KeelsonException ? failure : Lost(failure);
        }

        if (kind != FrameKind.ExecSync || !cancellationToken.CanBeCanceled)
        {
            return await pending.Reply.WaitAsync(cancellationToken);
        }

        try
        {
            return await pending.Reply.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Nobody waits for the command any more. Its reply still comes, and is dropped.
            await SendAsync(FrameKind.CancelExec, id, static _ => { }, CancellationToken.None);
            throw;
        }
    }

    private uint Register(PendingReply pending)
    {
        lock (_gate)
        {
            if (_failure is not null)
            {
                throw Lost(_failure);
            }

            do
            {
                _lastId++;
            }
            while (_lastId == 0 || _pending.ContainsKey(_lastId));
            _pending.Add(_lastId, pending);
            return _lastId;
        }
    }

    private void Withdraw(uint id)
    {
        lock (_gate)
        {
            _pending.Remove(id);
        }
    }

    private async Task SendAsync(FrameKind kind, uint id, Action<FrameWriter> write, CancellationToken cancellationToken)
    {
        await _sending.WaitAsync(cancellationToken);
        FrameWriter writer = Interlocked.Exchange(ref s_spareWriter, null) ?? new FrameWriter();
        try
        {
            write(writer.Begin(kind, id));
            ReadOnlyMemory<byte> frame = writer.End();
            if (frame.Length - FrameHeader.Size > ShimProtocol.MaxRequestBytes)
            {
                throw new KeelsonException(ErrorKind.InvalidArgument, $"{_subject}: request longer than {ShimProtocol.MaxRequestBytes} bytes");
            }

            bool isLarge = frame.Length > KeptBodyBytes;
            while (!frame.IsEmpty)
            {
                frame = frame[await _socket.SendAsync(frame, SocketFlags.None, cancellationToken)..];
            }

            if (isLarge)
            {
                // A socket refers to what it sent last until it sends again. This sends nothing.
                await _socket.SendAsync(ReadOnlyMemory<byte>.Empty, SocketFlags.None, cancellationToken);
            }
        }
        finally
        {
            s_spareWriter = writer;
            _sending.Release();
        }
    }

    private void StartReading() => _ = ReadAllAsync();

    private async Task ReadAllAsync()
    {
        Exception reason;
        try
        {
            while (true)
            {
                FrameHeader header = await ReceiveAsync(CancellationToken.None);
                _order.Receive(header);
                Dispatch(header, _body.AsSpan(0, header.BodyBytes));
                if (_body.Length > KeptBodyBytes)
                {
                    _body = new byte[1024];
                }
            }
        }
        catch (Exception failure)
        {
            reason = failure;
        }

        Close(reason);
    }

    private async ValueTask<FrameHeader> ReceiveAsync(CancellationToken cancellationToken)
    {
        await FillAsync(_header, cancellationToken);
        FrameHeader header = FrameHeader.Read(_header, ShimProtocol.MaxReplyBytes);
        if (header.BodyBytes > _body.Length)
        {
            _body = GC.AllocateUninitializedArray<byte>(Math.Max(header.BodyBytes, Math.Min(2 * _body.Length, KeptBodyBytes)));
        }

        await FillAsync(_body.AsMemory(0, header.BodyBytes), cancellationToken);
        return header;
    }

    private async ValueTask FillAsync(Memory<byte> target, CancellationToken cancellationToken)
    {
        while (!target.IsEmpty)
        {
            int count = await _socket.ReceiveAsync(target, SocketFlags.None, cancellationToken);
            target = count > 0 ? target[count..] : throw new KeelsonException(ErrorKind.Unavailable, $"{_subject}: connection closed");
        }
    }

    private void Dispatch(in FrameHeader header, ReadOnlySpan<byte> body)
    {
        if (header.Kind == FrameKind.Exited)
        {
            _exits.Writer.TryWrite(ShimCodec.ReadExited(body));
            return;
        }

        PendingReply? pending;
        lock (_gate)
        {
            if (!_pending.Remove(header.RequestId, out pending))
            {
                throw new ShimProtocolException("reply to a request that was not made");
            }
        }

        try
        {
            if (header.Kind == FrameKind.Failure)
            {
                string message = ShimCodec.ReadFailure(body, out int errno);
                pending.Fail(new KeelsonException(KindOf((Errno)errno), message));
            }
            else if (header.Kind == pending.Expected)
            {
                pending.Complete(body);
            }
            else
            {
                throw new ShimProtocolException("reply of another kind than the request's");
            }
        }
        catch (ShimProtocolException failure)
        {
            // It is out of the table already, so the close below would miss it.
            pending.Fail(failure);
            throw;
        }
    }

    private static ErrorKind KindOf(Errno errno) => errno switch
    {
        Errno.ENOENT => ErrorKind.NotFound,
        Errno.EEXIST => ErrorKind.AlreadyExists,
        Errno.EBUSY or Errno.ESRCH => ErrorKind.FailedPrecondition,
        Errno.EINVAL => ErrorKind.InvalidArgument,
        Errno.ENOSYS => ErrorKind.Unimplemented,
        Errno.ENOSPC or Errno.EDQUOT or Errno.ENOMEM or Errno.EMFILE or Errno.ENFILE => ErrorKind.ResourceExhausted,
        _ => ErrorKind.Internal,
    };

    private void Close(Exception reason)
    {
        PendingReply[] abandoned;
        lock (_gate)
        {
            _failure = reason;
            abandoned = [.. _pending.Values];
            _pending.Clear();
        }

        _socket.Dispose();
        foreach (PendingReply pending in abandoned)
        {
            pending.Fail(Lost(reason));
        }

        _exits.Writer.TryComplete();
        _closed.TrySetResult();
    }

    private KeelsonException Lost(Exception reason) =>
        reason as KeelsonException ?? new KeelsonException(ErrorKind.Unavailable, $"{_subject}: connection lost: {reason.Message}", reason);
}
