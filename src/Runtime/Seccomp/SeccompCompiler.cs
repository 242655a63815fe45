using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Keelson.Core;
using Keelson.Linux;
using Keelson.Linux.Native;
using Keelson.Oci.Spec;
using Keelson.Oci.Syscalls;

namespace Keelson.Oci.Seccomp;

/// <summary>
/// Compiles a filter to classic BPF. Numbers with the same answer are merged into ranges, and the ranges searched by
/// halving: a filter costs at every system call of the container, and at its start by its length.
/// </summary>
internal static class SeccompCompiler
{
    private const int MaxInstructions = 4096;
    private const uint X32Bit = 0x40000000;
    private const uint MachineX64 = 0xc000003e;
    private const uint MachineX86 = 0x40000003;
    private const uint MachineArm64 = 0xc00000b7;

    // Containers share their specs, and compiling one takes longer than everything else an exec asks of the daemon.
    private static readonly ConditionalWeakTable<SeccompSpec, SeccompProgram> Native = [];

    /// <summary>Compiles for this machine, once per instance of the spec.</summary>
    /// <exception cref="KeelsonException">InvalidArgument: an unknown action, operator or flag, or a filter that is too long. Unimplemented.</exception>
    internal static SeccompProgram Compile(SeccompSpec spec) => Native.GetValue(spec, static spec => Compile(spec, SyscallTable.Native));

    internal static SeccompProgram Compile(SeccompSpec spec, SyscallMachine native)
    {
        List<Uapi.sock_filter> code = [BpfCode.Load(BpfCode.MachineOffset)];
        AddMachine(code, native == SyscallMachine.X64 ? MachineX64 : MachineArm64, CompileMachine(spec, native));
        if (native == SyscallMachine.X64 && spec.Architectures.Contains("SCMP_ARCH_X86"))
        {
            AddMachine(code, MachineX86, CompileMachine(spec, SyscallMachine.X86));
        }

        // A numbering that the filter does not know: the same number is another call there.
        code.Add(BpfCode.Answer(SeccompActions.KillProcess));
        return code.Count <= MaxInstructions
            ? new SeccompProgram([.. code], Flags(spec))
            : throw new KeelsonException(ErrorKind.InvalidArgument, $"the seccomp filter has {code.Count} instructions; the kernel takes {MaxInstructions}");
    }

    private static void AddMachine(List<Uapi.sock_filter> code, uint machine, List<Uapi.sock_filter> body)
    {
        code.Add(BpfCode.IfEqual(machine, 1, 0));
        code.Add(BpfCode.Jump(body.Count));
        code.AddRange(body);
    }

    private static List<Uapi.sock_filter> CompileMachine(SeccompSpec spec, SyscallMachine machine)
    {
        uint other = SeccompActions.Parse(spec.DefaultAction, spec.DefaultErrnoRet);
        SortedDictionary<uint, SeccompOutcome> outcomes = Collect(spec, machine, other);
        List<Uapi.sock_filter> code = [BpfCode.Load(BpfCode.NumberOffset)];
        if (machine == SyscallMachine.X64)
        {
            // x32: the same calls under other numbers, past every rule for the ordinary ones.
            code.Add(BpfCode.IfGreaterOrEqual(X32Bit, 0, 1));
            code.Add(BpfCode.Answer(SeccompActions.Errno | (uint)Errno.ENOSYS));
        }

        code.AddRange(Search(Segments(outcomes, other)));
        return code;
    }

    /// <summary>What happens at each number that a rule names.</summary>
    private static SortedDictionary<uint, SeccompOutcome> Collect(SeccompSpec spec, SyscallMachine machine, uint other)
    {
        SortedDictionary<uint, SeccompOutcome> outcomes = [];
        foreach (SyscallSpec rule in spec.Syscalls)
        {
            uint action = SeccompActions.Parse(rule.Action, rule.ErrnoRet);
            foreach (string name in rule.Names)
            {
                // Profiles name the calls of every machine and of kernels to come; a name without a number here cannot be called.
                if (!SyscallTable.TryGet(machine, name, out int number))
                {
                    continue;
                }

                if (!outcomes.TryGetValue((uint)number, out SeccompOutcome? outcome))
                {
                    outcomes.Add((uint)number, outcome = new SeccompOutcome(other));
                }

                outcome.Add(rule.Args, action);
            }
        }

        return outcomes;
    }

    /// <summary>Ranges of numbers that share an outcome, from 0 up; each holds to the start of the next.</summary>
    private static List<(uint Start, SeccompOutcome Outcome)> Segments(SortedDictionary<uint, SeccompOutcome> outcomes, uint other)
    {
        SeccompOutcome rest = new(other);
        List<(uint Start, SeccompOutcome Outcome)> segments = [];
        uint next = 0;
        foreach ((uint number, SeccompOutcome outcome) in outcomes)
        {
            if (number > next)
            {
                Append(segments, next, rest);
            }

            Append(segments, number, outcome);
            next = number + 1;
        }

        // A call newer than the profile: "no such call" lets a C library fall back where "not permitted" makes it fail.
        bool refuses = (other & 0xffff0000) == SeccompActions.Errno;
        Append(segments, next, refuses && outcomes.Count > 0 ? new SeccompOutcome(SeccompActions.Errno | (uint)Errno.ENOSYS) : rest);
        return segments;
    }

    private static void Append(List<(uint Start, SeccompOutcome Outcome)> segments, uint start, SeccompOutcome outcome)
    {
        if (segments.Count == 0 || !segments[^1].Outcome.SameAs(outcome))
        {
            segments.Add((start, outcome));
        }
    }

    private static List<Uapi.sock_filter> Search(ReadOnlySpan<(uint Start, SeccompOutcome Outcome)> segments)
    {
        if (segments.Length == 1)
        {
            return segments[0].Outcome.Compile();
        }

        int middle = segments.Length / 2;
        List<Uapi.sock_filter> below = Search(segments[..middle]);
        List<Uapi.sock_filter> above = Search(segments[middle..]);
        List<Uapi.sock_filter> code = [];
        if (below.Count <= BpfCode.ShortJump)
        {
            code.Add(BpfCode.IfGreaterOrEqual(segments[middle].Start, below.Count, 0));
        }
        else
        {
            code.Add(BpfCode.IfGreaterOrEqual(segments[middle].Start, 0, 1));
            code.Add(BpfCode.Jump(below.Count));
        }

        code.AddRange(below);
        code.AddRange(above);
        return code;
    }

    private static List<Uapi.sock_filter> Search(List<(uint Start, SeccompOutcome Outcome)> segments) =>
        Search(CollectionsMarshal.AsSpan(segments));

    private static long Flags(SeccompSpec spec)
    {
        long flags = 0;
        foreach (string flag in spec.Flags ?? ImmutableArray<string>.Empty)
        {
            flags |= flag switch
            {
                "SECCOMP_FILTER_FLAG_LOG" => Uapi.SECCOMP_FILTER_FLAG_LOG,
                "SECCOMP_FILTER_FLAG_SPEC_ALLOW" => Uapi.SECCOMP_FILTER_FLAG_SPEC_ALLOW,

                // One thread: nothing to synchronise.
                "SECCOMP_FILTER_FLAG_TSYNC" => 0,
                _ => throw new KeelsonException(ErrorKind.InvalidArgument, $"seccomp flag '{flag}': unknown"),
            };
        }

        return flags;
    }
}
