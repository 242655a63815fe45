using Keelson.Linux;
using Keelson.Linux.Native;
using Keelson.Oci.Launch.Building;

namespace Keelson.Oci.Launch.Compile;

/// <summary>From the pod's namespaces to the program that holds them.</summary>
internal static class PauseStage
{
    private const uint Nobody = 65534;
    private const int SIGCHLD = 17;

    internal static void Become(PlanBuilder plan)
    {
        // Nothing of the host in its mount namespace: containers that share its pid namespace could otherwise reach the
        // host's files through /proc/1/root.
        RootStage.LeaveHost(plan);

        // The program: in memory, sealed, so that nobody can change what runs (CVE-2019-5736).
        PlanSlot memory = plan.NewSlot();
        byte[] program = PauseProgram.Create();
        PlanLabel made = new();
        const int Sealable = Uapi.MFD_CLOEXEC | Uapi.MFD_ALLOW_SEALING;
        plan.Add("memfd_create pause", "memfd_create", plan.Text("pause"), Sealable | Uapi.MFD_EXEC).Into(memory).Tolerating(Errno.EINVAL).Then(made);

        // Linux before 6.3 knows no MFD_EXEC, and makes every file executable.
        plan.Add("memfd_create pause without MFD_EXEC", "memfd_create", plan.Text("pause"), Sealable).Into(memory);
        plan.Mark(made);
        plan.Add("write pause", "write", memory, plan.Bytes(program), program.Length).Whole();
        plan.Add("seal pause", "fcntl", memory, Uapi.F_ADD_SEALS, Uapi.F_SEAL_ALL);

        ProcessStage.TakeStreams(plan);
        ProcessStage.ResetSignals(plan);

        // Ignored children are reaped by the kernel, over execve too: as PID 1 of a shared pid namespace it leaves no zombie.
        plan.Add("rt_sigaction SIGCHLD ignore", "rt_sigaction", SIGCHLD, plan.Struct(new Uapi.kernel_sigaction { handler = Uapi.SIG_IGN }), 0, 8);

        // The kernel puts up to 8 KiB between the strings on top of the stack and what points at them: a second page, and
        // a third, of the two that pause needs. It reads no input that an address could be guessed for.
        plan.Add("personality ADDR_NO_RANDOMIZE", "personality", Uapi.ADDR_NO_RANDOMIZE);
        CredentialStage.TakeNothing(plan, Nobody);
        PlanData argv = plan.Pointers([plan.Text("pause")]);
        ExecStage.Mark(plan);
        plan.Add("execveat pause", "execveat", memory, plan.Text(string.Empty), argv, plan.Pointers([]), Uapi.AT_EMPTY_PATH);
    }
}
