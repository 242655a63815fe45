namespace Keelson.Linux.Tests.Events;

public sealed class EpollSetTests
{
    [Fact]
    public void Events_carry_their_token_and_stop_when_removed()
    {
        using var epoll = new EpollSet(capacity: 4);
        PipePair pipe = PipePair.Create();
        using SafeFd read = pipe.Read;
        epoll.Add(read, EpollSet.Readable, 0xdead_beef_0000_0007);
        Assert.Equal(0, epoll.Wait(0));

        FdIO.WriteAll(pipe.Write, "x"u8);
        Assert.Equal(1, epoll.Wait(1000));
        epoll.GetEvent(0, out uint events, out ulong token);
        Assert.Equal((EpollSet.Readable, 0xdead_beef_0000_0007ul), (events, token));

        FdIO.Read(read, new byte[1], out _);
        pipe.Write.Dispose();
        Assert.Equal(1, epoll.Wait(1000));
        epoll.GetEvent(0, out events, out _);
        Assert.Equal(EpollSet.HungUp, events & EpollSet.HungUp);

        epoll.Remove(read);
        Assert.Equal(0, epoll.Wait(0));
    }

    [Fact]
    public void An_event_descriptor_is_readable_between_signal_and_clear()
    {
        using var epoll = new EpollSet(capacity: 4);
        using SafeFd wake = EventFd.Create();
        epoll.Add(wake, EpollSet.Readable, 1);
        EventFd.Signal(wake);
        EventFd.Signal(wake);
        Assert.Equal(1, epoll.Wait(1000));
        EventFd.Clear(wake);
        Assert.Equal(0, epoll.Wait(0));
    }
}
