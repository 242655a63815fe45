using Keelson.Linux;

namespace Keelson.Shim.Hosting;

/// <summary>
/// The shim's one thread of work: waits, calls back, never blocks elsewhere for long. Everything but the launcher
/// threads runs here, so nothing behind it needs a lock.
/// </summary>
internal sealed class EventLoop : IDisposable
{
    private const int EventsPerWait = 64;
    private const long NanosecondsPerMillisecond = 1_000_000;

    private readonly EpollSet _epoll = new(EventsPerWait);
    private readonly List<LoopTimer> _armed = new(8);
    private IEventSource?[] _sources = new IEventSource?[16];
    private uint[] _generations = new uint[16];
    private bool _stopped;

    /// <summary>Watches a borrowed descriptor until <see cref="Remove"/>, which comes before it is closed.</summary>
    public Registration Add(SafeFd fd, uint events, IEventSource source)
    {
        int slot = Array.IndexOf(_sources, null);
        if (slot < 0)
        {
            slot = _sources.Length;
            Array.Resize(ref _sources, slot * 2);
            Array.Resize(ref _generations, slot * 2);
        }

        // The generation tells an event of this descriptor from one left in the current batch by the slot's last owner.
        uint generation = ++_generations[slot];
        if (generation == 0)
        {
            generation = ++_generations[slot];
        }

        ulong token = ((ulong)generation << 32) | (uint)slot;
        _epoll.Add(fd, events, token);
        _sources[slot] = source;
        return new Registration(token);
    }

    public void Modify(Registration registration, SafeFd fd, uint events) => _epoll.Modify(fd, events, registration.Token);

    public void Remove(ref Registration registration, SafeFd fd)
    {
        if (registration.IsActive)
        {
            _sources[(int)(uint)registration.Token] = null;
            _epoll.Remove(fd);
            registration = default;
        }
    }

    /// <summary>Makes the timer fire once, <paramref name="delayNanoseconds"/> from now; arming again moves it.</summary>
    public void Arm(LoopTimer timer, long delayNanoseconds)
    {
        timer.DueNanoseconds = Clock.MonotonicNanoseconds + delayNanoseconds;
        if (!timer.IsArmed)
        {
            timer.IsArmed = true;
            _armed.Add(timer);
        }
    }

    public void Disarm(LoopTimer timer)
    {
        if (timer.IsArmed)
        {
            timer.IsArmed = false;
            _armed.Remove(timer);
        }
    }

    public void Stop() => _stopped = true;

    /// <summary>Runs until <see cref="Stop"/>.</summary>
    public void Run()
    {
        while (!_stopped)
        {
            int count = _epoll.Wait(NextTimeoutMilliseconds());
            for (int i = 0; i < count && !_stopped; i++)
            {
                _epoll.GetEvent(i, out uint events, out ulong token);
                Deliver(events, token);
            }

            FireDueTimers();
        }
    }

    public void Dispose() => _epoll.Dispose();

    private void Deliver(uint events, ulong token)
    {
        int slot = (int)(uint)token;
        IEventSource? source = _sources[slot];
        if (source is null || _generations[slot] != (uint)(token >> 32))
        {
            return;
        }

        try
        {
            source.OnEvents(events);
        }
        catch (Exception failure)
        {
            // One broken connection or stream must not take the pod's other processes with it.
            ShimLog.Write(failure.Message);
            source.OnFailure(failure);
        }
    }

    private int NextTimeoutMilliseconds()
    {
        if (_armed.Count == 0)
        {
            return -1;
        }

        long due = long.MaxValue;
        foreach (LoopTimer timer in _armed)
        {
            due = Math.Min(due, timer.DueNanoseconds);
        }

        // Rounded up: waking early would spin until the timer is due.
        long wait = due - Clock.MonotonicNanoseconds + NanosecondsPerMillisecond - 1;
        return (int)Math.Clamp(wait / NanosecondsPerMillisecond, 0, int.MaxValue);
    }

    private void FireDueTimers()
    {
        if (_armed.Count == 0)
        {
            return;
        }

        long now = Clock.MonotonicNanoseconds;
        for (int i = _armed.Count - 1; i >= 0; i--)
        {
            // A callback may disarm others and so shorten the list.
            if (i >= _armed.Count || _armed[i].DueNanoseconds > now)
            {
                continue;
            }

            LoopTimer timer = _armed[i];
            _armed.RemoveAt(i);
            timer.IsArmed = false;
            try
            {
                timer.Fire();
            }
            catch (Exception failure)
            {
                ShimLog.Write(failure.Message);
            }
        }
    }
}
