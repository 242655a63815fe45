using Keelson.Linux;
using Keelson.Oci.Shims.Protocol;
using Keelson.Shim.Hosting;

namespace Keelson.Shim.Connections;

/// <summary>One daemon's connection. Its end means nothing to the processes: they go on, and so does what was asked for.</summary>
internal sealed class Connection : IEventSource
{
    private const int FirstInputBytes = 16 * 1024;
    private const int InputBytesPerTurn = 256 * 1024;

    /// <summary>A daemon that asks and does not read is cut off here, before it costs the node its memory.</summary>
    private const long MaxQueuedBytes = 256L << 20;

    private readonly EventLoop _loop;
    private readonly SafeFd _socket;
    private readonly IRequestHandler _handler;
    private readonly ConversationOrder _order = new(isShim: true);
    private readonly Queue<NativeBuffer> _unsent = new();
    private NativeBuffer _input = new(FirstInputBytes);
    private Registration _registration;
    private long _queuedBytes;
    private bool _waitsForRoom;

    /// <summary>Starts serving. Takes ownership of <paramref name="socket"/>.</summary>
    public Connection(EventLoop loop, SafeFd socket, IRequestHandler handler)
    {
        _loop = loop;
        _socket = socket;
        _handler = handler;
        _registration = loop.Add(socket, EpollSet.Readable, this);
    }

    public bool IsClosed => !_registration.IsActive;

    /// <summary>Whether the daemon has said Hello and may be told of exits.</summary>
    public bool IsOpen => !IsClosed && _order.HasGreeted;

    public void OnEvents(uint events)
    {
        if ((events & EpollSet.Writable) != 0)
        {
            Flush();
        }

        if (!IsClosed && (events & (EpollSet.Readable | EpollSet.HungUp | EpollSet.Error)) != 0)
        {
            Receive();
        }
    }

    public void OnFailure(Exception failure) => Close();

    /// <summary>Sends a copy of <paramref name="data"/>, now or when there is room.</summary>
    public void Send(ReadOnlySpan<byte> data)
    {
        if (IsClosed)
        {
            return;
        }

        if (_unsent.Count == 0)
        {
            int sent = UnixSocket.Send(_socket, data, out Errno error);
            if (sent < 0 && error != Errno.EAGAIN)
            {
                Close();
                return;
            }

            data = data[Math.Max(sent, 0)..];
        }

        if (!data.IsEmpty)
        {
            var copy = new NativeBuffer(data.Length);
            copy.Append(data);
            Enqueue(copy);
        }
    }

    /// <summary>Sends a buffer and takes ownership of it.</summary>
    public void SendOwned(NativeBuffer data)
    {
        if (IsClosed || data.Length == 0)
        {
            data.Dispose();
            return;
        }

        Enqueue(data);
        Flush();
    }

    /// <summary>Returns the pages of an input buffer that holds nothing.</summary>
    public void GiveBack()
    {
        if (!IsClosed && _input.Length == 0)
        {
            _input.GiveBack();
        }
    }

    public void Close()
    {
        if (IsClosed)
        {
            return;
        }

        _loop.Remove(ref _registration, _socket);
        _socket.Dispose();
        _input.Dispose();
        while (_unsent.TryDequeue(out NativeBuffer? unsent))
        {
            unsent.Dispose();
        }

        _handler.Closed(this);
    }

    private void Enqueue(NativeBuffer data)
    {
        _queuedBytes += data.Length;
        _unsent.Enqueue(data);
        if (_queuedBytes > MaxQueuedBytes)
        {
            ShimLog.Write("connection closed: the daemon does not read");
            Close();
        }
        else
        {
            WaitForRoom(true);
        }
    }

    private void Flush()
    {
        while (_unsent.TryPeek(out NativeBuffer? data))
        {
            int sent = UnixSocket.Send(_socket, data.Content, out Errno error);
            if (sent < 0)
            {
                if (error != Errno.EAGAIN)
                {
                    Close();
                }

                return;
            }

            data.Consume(sent);
            _queuedBytes -= sent;
            if (data.Length == 0)
            {
                _unsent.Dequeue().Dispose();
            }
        }

        WaitForRoom(false);
    }

    private void WaitForRoom(bool wait)
    {
        if (wait != _waitsForRoom && !IsClosed)
        {
            _waitsForRoom = wait;
            _loop.Modify(_registration, _socket, EpollSet.Readable | (wait ? EpollSet.Writable : 0));
        }
    }

    private void Receive()
    {
        int budget = InputBytesPerTurn;
        while (budget > 0 && !IsClosed)
        {
            _input.Reserve(FirstInputBytes / 2);
            int count = FdIO.Read(_socket, _input.Free, out Errno error);
            if (count <= 0)
            {
                if (count == 0 || error != Errno.EAGAIN)
                {
                    Close();
                }

                return;
            }

            _input.Advance(count);
            budget -= count;
            HandleFrames();
        }
    }

    private void HandleFrames()
    {
        while (!IsClosed && _input.Length >= FrameHeader.Size)
        {
            FrameHeader header = FrameHeader.Read(_input.Content, ShimProtocol.MaxRequestBytes);
            int frameBytes = FrameHeader.Size + header.BodyBytes;
            if (_input.Length < frameBytes)
            {
                _input.Reserve(frameBytes - _input.Length);
                return;
            }

            _order.Receive(header);
            _handler.Handle(this, header, _input.Content[FrameHeader.Size..frameBytes]);
            if (!IsClosed)
            {
                _input.Consume(frameBytes);
            }
        }

        if (!IsClosed && _input.Length == 0 && _input.Capacity > 4 * FirstInputBytes)
        {
            // A large plan came through; it is not the size of the next request.
            _input.Dispose();
            _input = new NativeBuffer(FirstInputBytes);
        }
    }
}
