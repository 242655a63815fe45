using Keelson.Linux;
using Keelson.Linux.Native;

namespace Keelson.Oci.Launch.Engine;

/// <summary>
/// The fork-like engine: the child gets a copy-on-write copy of this process and interprets the plan in C#
/// (<see cref="AfterClone"/>). Works on every architecture; its cost grows with the memory of the process it runs in,
/// which is why it runs in the shim.
/// </summary>
public sealed unsafe class ForkCalliEngine : ILaunchEngine
{
    private const int DefaultTimeoutMilliseconds = 120_000;
    private const int DyingTimeoutMilliseconds = 10_000;

    private readonly delegate*<long, long, long, long, long, long, long, long> _syscall;
    private readonly delegate* unmanaged<int*> _errnoLocation;
    private readonly SafeFd _ownPidNamespace;
    private readonly SafeFd? _emptyMounts;
    private readonly SafeFd _self;

    /// <summary>Makes the engine and compiles everything it will run.</summary>
    /// <exception cref="LinuxException">/proc/self/ns/pid, or this process, cannot be opened.</exception>
    public ForkCalliEngine()
    {
        // SAFETY: syscall() takes integers and pointers only; see rule 3 of the after-clone zone for the convention.
        _syscall = (delegate*<long, long, long, long, long, long, long, long>)LibCFunctions.Syscall();
        _errnoLocation = (delegate* unmanaged<int*>)LibCFunctions.ErrnoLocation();
        _ownPidNamespace = PidNamespaceForChildren.OpenOwn();
        _self = PidFd.TryOpen(Environment.ProcessId, out Errno error) ?? throw new LinuxException("pidfd_open", "self", error);

        // Without the right to make one, a plan that needs it fails at its setns and says so.
        _emptyMounts = EmptyMountNamespace.TryCreate(out _);
        WarmUp();
    }

    /// <inheritdoc/>
    public LaunchEngineResult Launch(LaunchPlanImage image, in LaunchInputs inputs)
    {
        PlanHeader header = image.Header;
        using PlanMemory plan = new(image);
        FillSlots(plan, inputs);

        Errno opened = Errno.None;
        using SafeFd? cgroup = plan.CgroupPath is null ? null : PlainFile.TryOpenDirectory(plan.CgroupPath, out opened);
        if (opened != Errno.None)
        {
            return LaunchEngineResult.Failed(EngineSteps.OpenCgroup, opened);
        }

        if (cgroup is not null)
        {
            plan.CloneArgs->flags |= Uapi.CLONE_INTO_CGROUP;
            plan.CloneArgs->cgroup = (ulong)cgroup.Number;
        }

        PipePair status = PipePair.Create();
        using SafeFd end = status.Read;
        long pid;
        using (status.Write)
        {
            plan.KeepInChild(status.Write.Number);
            Errno entered = Clone(header, plan, inputs.Target, out pid);
            if (entered != Errno.None)
            {
                return LaunchEngineResult.Failed(EngineSteps.EnterPidNamespace, entered);
            }
        }

        if (pid < 0)
        {
            return LaunchEngineResult.Failed(EngineSteps.Clone, (Errno)(-pid));
        }

        int timeout = inputs.TimeoutMilliseconds > 0 ? inputs.TimeoutMilliseconds : DefaultTimeoutMilliseconds;
        return Finish(plan, (int)pid, SafeFd.Adopt(*plan.PidFd), end, timeout);
    }

    /// <summary>Clones; where asked, with this thread's children switched to the target's pid namespace and back.</summary>
    private Errno Clone(in PlanHeader header, PlanMemory plan, SafeFd? target, out long pid)
    {
        pid = 0;
        bool foreign = (header.Flags & PlanFlags.BornInTargetPidNamespace) != 0;
        if (foreign)
        {
            Errno error = target is null ? Errno.EBADF : PidNamespaceForChildren.TryEnter(target);
            if (error != Errno.None)
            {
                return error;
            }
        }

        // The zone is entered from here and nowhere else.
        pid = AfterClone.CloneAndRun(_syscall, _errnoLocation(), plan.Control);

        if (foreign && PidNamespaceForChildren.TryEnter(_ownPidNamespace) is Errno left && left != Errno.None)
        {
            // A thread left behind in a container's pid namespace would put later pods' processes there.
            Environment.FailFast($"setns back to the own pid namespace failed: errno {(int)left}");
        }

        return Errno.None;
    }

    /// <summary>
    /// Waits for the pipe's end: the execve, or the child's death. A child killed in the middle closes it just the
    /// same, so success needs the marker that the step before execve leaves.
    /// </summary>
    private static LaunchEngineResult Finish(PlanMemory plan, int pid, SafeFd pidfd, SafeFd end, int timeoutMilliseconds)
    {
        bool inTime = ChildWait.WaitReadable(end, timeoutMilliseconds);
        if (!inTime)
        {
            PidFd.TrySendSignal(pidfd, LibC.SIGKILL);
        }

        long failed = Volatile.Read(ref plan.Slots[PlanSlots.FailedOp]);
        if (inTime && failed == 0 && plan.Slots[PlanSlots.Marker] != 0)
        {
            return new LaunchEngineResult { Pid = pid, PidFd = pidfd, FailedStep = -1 };
        }

        // A child that hangs in the kernel (a mount of a dead server) dies when that call returns, if ever: it is left to
        // whoever reaps orphans, and its launch fails now.
        if (ChildWait.WaitReadable(pidfd, DyingTimeoutMilliseconds))
        {
            ChildWait.Reap(pidfd);
        }

        pidfd.Dispose();
        failed = Volatile.Read(ref plan.Slots[PlanSlots.FailedOp]);
        return failed != 0
            ? LaunchEngineResult.Failed(EngineSteps.FirstOperation + (int)failed - 1, (Errno)plan.Slots[PlanSlots.FailedErrno])
            : LaunchEngineResult.Failed(EngineSteps.FirstOperation + (int)plan.Slots[PlanSlots.CurrentOp], inTime ? Errno.None : Errno.ETIMEDOUT);
    }

    private void FillSlots(PlanMemory plan, in LaunchInputs inputs)
    {
        plan.Slots[PlanSlots.Stdin] = NumberOf(inputs.Stdin);
        plan.Slots[PlanSlots.Stdout] = NumberOf(inputs.Stdout);
        plan.Slots[PlanSlots.Stderr] = NumberOf(inputs.Stderr);
        plan.Slots[PlanSlots.Target] = inputs.Target?.Number ?? -1;
        plan.Slots[PlanSlots.EmptyMounts] = _emptyMounts?.Number ?? -1;
        *plan.Supervisor = new LibC.pollfd { fd = _self.Number, events = LibC.POLLIN };
        plan.Slots[PlanSlots.Supervisor] = (long)plan.Supervisor;
        SafeFd[] extra = inputs.Extra ?? [];
        for (int i = 0; i < PlanSlots.MaxExtra; i++)
        {
            plan.Slots[PlanSlots.FirstExtra + i] = i < extra.Length ? NumberOf(extra[i]) : -1;
        }
    }

    private static int NumberOf(SafeFd fd) =>
        fd.Number >= 3 ? fd.Number : throw new ArgumentException("a launch's descriptors must not be 0, 1 or 2", nameof(fd));

    /// <summary>Compiles the zone by a clone3 that the kernel refuses (a size of 0 is EINVAL).</summary>
    private void WarmUp()
    {
        PlanControl control = new() { CloneNumber = 435, CloneArgs = 0, CloneArgsSize = 0 };
        AfterClone.CloneAndRun(_syscall, _errnoLocation(), &control);
    }
}
