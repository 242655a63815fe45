using Keelson.Linux;
using Keelson.Shim.Hosting;
using Keelson.Shim.Stdio;

namespace Keelson.Shim.Exec;

/// <summary>Collects one output stream of an exec while there is room; the rest is read and dropped, so that the writer never waits.</summary>
internal sealed class OutputCapture : IEventSource
{
    private const int ReadsPerTurn = 8;

    private readonly EventLoop _loop;
    private readonly SafeFd _source;
    private readonly ScratchBuffers _scratch;
    private readonly OutputBudget _budget;
    private readonly Action _ended;
    private Registration _registration;

    /// <summary>Starts collecting. Takes ownership of <paramref name="source"/>.</summary>
    /// <param name="loop">Whose thread this lives on.</param>
    /// <param name="source">Made non-blocking here.</param>
    /// <param name="scratch">For the buffer, and for dropping.</param>
    /// <param name="budget">Shared with the other stream.</param>
    /// <param name="ended">Called once, at the end of the stream.</param>
    public OutputCapture(EventLoop loop, SafeFd source, ScratchBuffers scratch, OutputBudget budget, Action ended)
    {
        _loop = loop;
        _source = source;
        _scratch = scratch;
        _budget = budget;
        _ended = ended;
        Content = scratch.RentCapture();
        budget.Join(Content);
        FdIO.SetNonBlocking(source);
        _registration = loop.Add(source, EpollSet.Readable, this);
    }

    /// <summary>What has been kept. The owner of this object returns it.</summary>
    public NativeBuffer Content { get; }

    public bool HasEnded => !_registration.IsActive;

    public void OnEvents(uint events) => Pump();

    public void OnFailure(Exception failure) => Close();

    /// <summary>Takes what is there now.</summary>
    public void Pump()
    {
        for (int i = 0; i < ReadsPerTurn && !HasEnded; i++)
        {
            if (!ReadOnce())
            {
                return;
            }
        }
    }

    /// <summary>Stops reading; the writer gets EPIPE from now on.</summary>
    public void Close()
    {
        if (!HasEnded)
        {
            _loop.Remove(ref _registration, _source);
            _source.Dispose();
            _ended();
        }
    }

    private bool ReadOnce()
    {
        int room = Math.Min(_budget.RoomFor(Content), ScratchBuffers.ReadBytes);
        int count;
        Errno error;
        if (room > 0)
        {
            // In small steps at first: most output is short, and the buffer comes from a pool of that size.
            Content.Reserve(Math.Min(room, ScratchBuffers.ReadBytes / 4));
            count = FdIO.Read(_source, Content.Free[..Math.Min(room, Content.Free.Length)], out error);
            Content.Advance(Math.Max(count, 0));
            _budget.Settle(Content);
        }
        else
        {
            _scratch.Touch();
            _scratch.Input.Clear();
            count = FdIO.Read(_source, _scratch.Input.Free, out error);
        }

        if (count == 0 || (count < 0 && error != Errno.EAGAIN))
        {
            Close();
        }

        return count > 0;
    }
}
