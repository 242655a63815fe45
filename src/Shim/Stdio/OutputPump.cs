using Keelson.Linux;
using Keelson.Shim.Hosting;

namespace Keelson.Shim.Stdio;

/// <summary>Moves one output stream from its pipe or terminal to the log; without a log it reads and drops.</summary>
internal sealed class OutputPump : IEventSource, IDisposable
{
    /// <summary>Reads per wake-up, so that one busy stream leaves room for the others.</summary>
    private const int ReadsPerTurn = 4;

    private readonly EventLoop _loop;
    private readonly SafeFd _source;
    private readonly CriLogWriter? _writer;
    private readonly ScratchBuffers _scratch;
    private Registration _registration;
    private NativeBuffer? _tail;

    /// <summary>Starts pumping. Takes ownership of <paramref name="source"/>, which must be non-blocking.</summary>
    public OutputPump(EventLoop loop, SafeFd source, CriLogWriter? writer, ScratchBuffers scratch)
    {
        _loop = loop;
        _source = source;
        _writer = writer;
        _scratch = scratch;
        _registration = loop.Add(source, EpollSet.Readable, this);
    }

    /// <summary>Whether the stream has ended.</summary>
    public bool HasEnded => !_registration.IsActive;

    public void OnEvents(uint events) => Pump(ReadsPerTurn);

    public void OnFailure(Exception failure) => Dispose();

    /// <summary>Takes what is there now, at most <paramref name="reads"/> times.</summary>
    public void Pump(int reads)
    {
        while (reads-- > 0 && !HasEnded && PumpOnce())
        {
        }
    }

    public void Dispose()
    {
        if (HasEnded)
        {
            return;
        }

        _loop.Remove(ref _registration, _source);
        _source.Dispose();
        if (_tail is not null)
        {
            _writer?.End(_tail.Content, Clock.RealtimeNanoseconds);
            _tail.Dispose();
            _tail = null;
        }
    }

    private bool PumpOnce()
    {
        NativeBuffer input = _scratch.Input;
        _scratch.Touch();
        input.Clear();
        if (_tail is not null)
        {
            input.Append(_tail.Content);
        }

        input.Reserve(ScratchBuffers.ReadBytes);
        int count = FdIO.Read(_source, input.Free[..ScratchBuffers.ReadBytes], out Errno error);
        if (count > 0)
        {
            input.Advance(count);
            KeepTail(input, _writer?.Write(input.Content, Clock.RealtimeNanoseconds) ?? 0);
            return true;
        }

        // A terminal whose last slave was closed gives EIO instead of end of file.
        if (count == 0 || error != Errno.EAGAIN)
        {
            Dispose();
        }

        return false;
    }

    private void KeepTail(NativeBuffer input, int length)
    {
        if (length == 0)
        {
            // Its page is returned at once: most streams are at the end of a line most of the time.
            _tail?.Dispose();
            _tail = null;
            return;
        }

        _tail ??= new NativeBuffer(length);
        _tail.Clear();
        _tail.Append(input.Content[^length..]);
    }
}
