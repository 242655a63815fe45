using Keelson.Shim.Hosting;

namespace Keelson.Shim.Processes;

/// <summary>Kills everything in a cgroup, again and again until nothing is left: on cgroup v1 a process can fork between a look and a kill.</summary>
internal sealed class CgroupSweep
{
    private const int SigKill = 9;
    private const long IntervalNanoseconds = 20_000_000;

    /// <summary>Five seconds: what still stands then hangs in the kernel and cannot be killed by anyone.</summary>
    private const int MaxRounds = 250;

    private readonly EventLoop _loop;
    private readonly string _cgroup;
    private readonly LoopTimer _timer;
    private int _round;

    private CgroupSweep(EventLoop loop, string cgroup)
    {
        _loop = loop;
        _cgroup = cgroup;
        _timer = new LoopTimer(Sweep);
    }

    /// <summary>Kills now, and goes on in the background while anything is left.</summary>
    public static void Start(EventLoop loop, string cgroup) => new CgroupSweep(loop, cgroup).Sweep();

    private void Sweep()
    {
        if (CgroupProcesses.Signal(_cgroup, SigKill) > 0 && ++_round < MaxRounds)
        {
            _loop.Arm(_timer, IntervalNanoseconds);
        }
    }
}
