using Keelson.Linux;
using Keelson.Shim.Hosting;

namespace Keelson.Shim.Connections;

/// <summary>Accepts connections of processes that run as the same user; others are closed at once (CVE-2020-15257).</summary>
internal sealed class Listener : IEventSource
{
    private readonly EventLoop _loop;
    private readonly SafeFd _socket;
    private readonly Action<SafeFd> _accepted;
    private Registration _registration;

    /// <summary>Starts accepting. Takes ownership of <paramref name="socket"/>; the receiver owns what is accepted.</summary>
    public Listener(EventLoop loop, SafeFd socket, Action<SafeFd> accepted)
    {
        _loop = loop;
        _socket = socket;
        _accepted = accepted;
        FdIO.SetNonBlocking(socket);
        _registration = loop.Add(socket, EpollSet.Readable, this);
    }

    public void OnEvents(uint events)
    {
        while (UnixSocket.TryAccept(_socket) is { } connection)
        {
            if (UnixSocket.TryGetPeerUid(connection) == ProcessAttributes.EffectiveUserId)
            {
                _accepted(connection);
            }
            else
            {
                ShimLog.Write("connection of another user refused");
                connection.Dispose();
            }
        }
    }

    public void OnFailure(Exception failure)
    {
        // Out of descriptors or memory for this one connection; the next may do better.
    }

    public void Close()
    {
        _loop.Remove(ref _registration, _socket);
        _socket.Dispose();
    }
}
