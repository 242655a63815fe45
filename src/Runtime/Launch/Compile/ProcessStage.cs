using Keelson.Core;
using Keelson.Linux;
using Keelson.Linux.Native;
using Keelson.Oci.Launch.Building;
using Keelson.Oci.Launch.Engine;
using Keelson.Oci.Spec;

namespace Keelson.Oci.Launch.Compile;

/// <summary>The process itself: streams, signals, limits, directory, identity, filter, program.</summary>
internal static class ProcessStage
{
    private const uint DefaultUmask = 0x12; // 022

    // Left ignored by some parents (nohup, a service manager, .NET's SIGPIPE), and an ignored signal stays so over execve.
    // 32 and 33 are glibc's own: its posix_spawn, which starts the shim, ignores them in the child.
    private static readonly (int Number, string Name)[] Ignorable =
    [
        (1, "SIGHUP"), (2, "SIGINT"), (3, "SIGQUIT"), (13, "SIGPIPE"), (17, "SIGCHLD"), (21, "SIGTTIN"), (22, "SIGTTOU"),
        (32, "32"), (33, "33"),
    ];

    /// <summary>
    /// Until its execve the process shows the shim's memory and binary: no process of the container may look into it
    /// once it shares their pid namespace (CVE-2019-5736). It ends with the shim. File modes below are meant as written.
    /// </summary>
    internal static void Guard(PlanBuilder plan)
    {
        plan.Add("prctl PR_SET_DUMPABLE 0", "prctl", Uapi.PR_SET_DUMPABLE, 0, 0, 0, 0);
        SupervisionStage.Begin(plan);
        plan.Add("umask 0", "umask", 0);

        // A session keyring of its own; without one the pods would share the shim's.
        plan.Add("keyctl join a session keyring", "keyctl", Uapi.KEYCTL_JOIN_SESSION_KEYRING, 0).Tolerating();
    }

    /// <summary>Everything from the finished root to the execve.</summary>
    internal static void Become(PlanBuilder plan, ProcessSpec process, SeccompSpec? seccomp, LaunchHost host)
    {
        TakeStreams(plan, process);
        EnterDirectory(plan, process.Cwd);
        InheritanceStage.Reset(plan, host);
        RlimitStage.Set(plan, process.Rlimits, host);
        plan.Add("umask", "umask", process.User.Umask ?? DefaultUmask);
        ResetSignals(plan);
        CredentialStage.Take(plan, process, seccomp, host.Capabilities);
        ExecStage.Execute(plan, process);
    }

    /// <summary>Empties the signal mask and undoes ignored signals.</summary>
    internal static void ResetSignals(PlanBuilder plan)
    {
        PlanData standard = plan.Struct(new Uapi.kernel_sigaction { handler = Uapi.SIG_DFL });
        foreach ((int number, string name) in Ignorable)
        {
            plan.Add($"rt_sigaction {name} default", "rt_sigaction", number, standard, 0, 8);
        }

        plan.Add("rt_sigprocmask empty", "rt_sigprocmask", Uapi.SIG_SETMASK, plan.Bytes(new byte[8]), 0, 8);
    }

    /// <summary>A session of its own, the three streams, and no other descriptor beyond execve.</summary>
    internal static void TakeStreams(PlanBuilder plan)
    {
        plan.Add("setsid", "setsid");
        plan.Add("dup3 stdin", "dup3", new PlanSlot(PlanSlots.Stdin), 0, 0);
        plan.Add("dup3 stdout", "dup3", new PlanSlot(PlanSlots.Stdout), 1, 0);
        plan.Add("dup3 stderr", "dup3", new PlanSlot(PlanSlots.Stderr), 2, 0);

        // Leaky Vessels (CVE-2024-21626): nothing of the host may stay open.
        plan.Add("close_range 3 and up on exec", "close_range", 3, uint.MaxValue, Uapi.CLOSE_RANGE_CLOEXEC);
    }

    private static void TakeStreams(PlanBuilder plan, ProcessSpec process)
    {
        TakeStreams(plan);
        if (process.Terminal)
        {
            plan.Add("ioctl TIOCSCTTY", "ioctl", 0, Uapi.TIOCSCTTY, 0);
        }

        if (process.User.Uid != 0)
        {
            for (int fd = 0; fd < 3; fd++)
            {
                GiveStream(plan, fd, process.User.Uid);
            }
        }
    }

    /// <summary>
    /// The user owns its streams, or it could not open /dev/stdout; the host's null device stays root's. What cannot be
    /// given (a read-only file system, a socket) stays usable all the same.
    /// </summary>
    private static void GiveStream(PlanBuilder plan, int fd, uint uid)
    {
        const int rdevOffset = 128;
        PlanLabel give = new();
        PlanLabel done = new();
        plan.Add($"statx stream {fd}", "statx", fd, plan.Text(string.Empty), Uapi.AT_EMPTY_PATH, LibC.STATX_BASIC_STATS, plan.Scratch);
        plan.AddCheck($"stream {fd} is the null device", plan.Scratch.Plus(rdevOffset), -1, 1 | (3L << 32), Errno.EINVAL).Tolerating(give, Errno.EINVAL).Then(done);
        plan.Mark(give);
        plan.Add($"fchown stream {fd} to {uid}", "fchown", fd, uid, -1).Tolerating();
        plan.Mark(done);
    }

    /// <summary>
    /// The working directory, made where missing, and proved to lie inside the root: a directory reached through a
    /// leaked descriptor is "(unreachable)" to getcwd (CVE-2024-21626).
    /// </summary>
    private static void EnterDirectory(PlanBuilder plan, string cwd)
    {
        GuestPath path = GuestPath.Parse(cwd);
        if (path.Value != "/")
        {
            PlanLabel missing = new();
            PlanLabel inside = new();
            plan.Add($"chdir to '{cwd}'", "chdir", plan.Text(cwd)).Tolerating(missing, Errno.ENOENT).Then(inside);
            plan.Mark(missing);
            for (int slash = cwd.IndexOf('/', 1); slash >= 0; slash = cwd.IndexOf('/', slash + 1))
            {
                plan.Add($"mkdir '{cwd[..slash]}'", "mkdirat", Uapi.AT_FDCWD, plan.Text(cwd[..slash]), 0x1ed).Tolerating(Errno.EEXIST);
            }

            plan.Add($"mkdir '{cwd}'", "mkdirat", Uapi.AT_FDCWD, plan.Text(cwd), 0x1ed).Tolerating(Errno.EEXIST);
            plan.Add($"chdir to '{cwd}' just made", "chdir", plan.Text(cwd));
            plan.Mark(inside);
        }

        plan.Add($"getcwd in '{cwd}'", "getcwd", plan.Scratch, PlanBuilder.ScratchBytes);
        plan.AddCheck($"'{cwd}' lies inside the root", plan.Scratch, 0xff, '/', Errno.EPERM);
    }
}
