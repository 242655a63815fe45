using Keelson.Linux;
using Keelson.Shim.Hosting;

namespace Keelson.Shim.Processes;

/// <summary>
/// Knows the children that were launched, each reaped by its owner through its pidfd, and reaps all others: orphans
/// that came here because this process is their child subreaper. SIGCHLD only says that it is worth a look.
/// </summary>
internal sealed class ChildReaper : IEventSource
{
    private const int MaxPerLook = 1000;

    private readonly SafeFd _signals = SignalFd.ForChildren();
    private readonly Dictionary<int, IKnownChild> _known = [];

    public ChildReaper(EventLoop loop) => loop.Add(_signals, EpollSet.Readable, this);

    /// <summary>
    /// Whether a launch is under way: it has a child that is neither known yet nor an orphan, so nobody may be reaped
    /// as an orphan until it is over.
    /// </summary>
    public Func<bool> LaunchUnderWay { get; set; } = static () => false;

    public void Add(int pid, IKnownChild child) => _known[pid] = child;

    public void Remove(int pid) => _known.Remove(pid);

    public void OnEvents(uint events)
    {
        SignalFd.Clear(_signals);
        ReapOrphans();
    }

    public void OnFailure(Exception failure)
    {
        // The next SIGCHLD, or the end of the next launch, looks again.
    }

    /// <summary>Reaps what has ended. Called again when a launch is over.</summary>
    public void ReapOrphans()
    {
        // The kernel shows the same ended child again until it is reaped, so every turn must reap the one it saw.
        for (int i = 0; i < MaxPerLook && !LaunchUnderWay() && PidFd.TryPeekEndedChild(out int pid); i++)
        {
            if (_known.TryGetValue(pid, out IKnownChild? child))
            {
                child.CheckEnded();
            }
            else
            {
                PidFd.DiscardEndedChild(pid);
            }
        }
    }
}
