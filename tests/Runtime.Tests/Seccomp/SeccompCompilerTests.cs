using Keelson.Core;
using Keelson.Linux;
using Keelson.Oci.Capabilities;
using Keelson.Oci.Seccomp;
using Keelson.Oci.Spec;
using Keelson.Oci.Syscalls;

namespace Keelson.Runtime.Tests.Seccomp;

public class SeccompCompilerTests
{
    private const uint Allow = 0x7fff0000;
    private const uint NotPermitted = 0x00050001;
    private const uint NoSuchCall = 0x00050026;
    private const uint KillProcess = 0x80000000;

    [Theory]
    [InlineData("SCMP_CMP_EQ", 0x1_0000_0005, 0, 0x1_0000_0005, true)]
    [InlineData("SCMP_CMP_EQ", 0x1_0000_0005, 0, 5, false)]
    [InlineData("SCMP_CMP_NE", 5, 0, 5, false)]
    [InlineData("SCMP_CMP_NE", 5, 0, 0x1_0000_0005, true)]
    [InlineData("SCMP_CMP_NE", 5, 0, 6, true)]
    [InlineData("SCMP_CMP_LT", 0x1_0000_0000, 0, 0xffffffff, true)]
    [InlineData("SCMP_CMP_LT", 0x1_0000_0000, 0, 0x1_0000_0000, false)]
    [InlineData("SCMP_CMP_LT", 7, 0, 0x1_0000_0000, false)]
    [InlineData("SCMP_CMP_LE", 7, 0, 7, true)]
    [InlineData("SCMP_CMP_LE", 7, 0, 8, false)]
    [InlineData("SCMP_CMP_LE", 0x2_0000_0007, 0, 0x1_ffff_ffff, true)]
    [InlineData("SCMP_CMP_GE", 7, 0, 7, true)]
    [InlineData("SCMP_CMP_GE", 7, 0, 6, false)]
    [InlineData("SCMP_CMP_GE", 7, 0, 0x1_0000_0000, true)]
    [InlineData("SCMP_CMP_GT", 7, 0, 7, false)]
    [InlineData("SCMP_CMP_GT", 7, 0, 8, true)]
    [InlineData("SCMP_CMP_GT", 0x1_0000_0007, 0, 0xffff_ffff, false)]
    [InlineData("SCMP_CMP_MASKED_EQ", 0x7e020000, 0, 0x11, true)]
    [InlineData("SCMP_CMP_MASKED_EQ", 0x7e020000, 0, 0x10000000, false)]
    [InlineData("SCMP_CMP_MASKED_EQ", 0xff_0000_0000, 0x12_0000_0000, 0x12_3456_7890, true)]
    public void Arguments_are_compared_in_64_bits(string op, ulong value, ulong valueTwo, ulong argument, bool holds)
    {
        SeccompSpec spec = new()
        {
            DefaultAction = "SCMP_ACT_ERRNO",
            Syscalls = [new SyscallSpec { Names = ["socket"], Action = "SCMP_ACT_ALLOW", Args = [new SyscallArgSpec(2, value, valueTwo, op)] }],
        };
        SeccompProgram program = SeccompCompiler.Compile(spec, SyscallMachine.X64);
        Assert.Equal(holds ? Allow : NotPermitted, BpfMachine.Run(program, BpfMachine.X64, Number("socket"), 0, 0, argument));
    }

    [Fact]
    public void A_spec_is_compiled_once_for_this_machine()
    {
        SeccompSpec spec = SeccompProfile.RuntimeDefault.For(CapabilitySet.Default);
        Assert.Same(SeccompCompiler.Compile(spec), SeccompCompiler.Compile(spec));
        Assert.NotSame(SeccompCompiler.Compile(spec), SeccompCompiler.Compile(spec with { DefaultAction = "SCMP_ACT_KILL" }));
    }

    [Fact]
    public void Every_number_gets_the_answer_of_its_rule()
    {
        SeccompSpec spec = SeccompProfile.RuntimeDefault.For(CapabilitySet.Default, SyscallMachine.X64, new KernelVersion(6, 1));
        SeccompProgram program = SeccompCompiler.Compile(spec, SyscallMachine.X64);
        HashSet<string> allowed = [.. spec.Syscalls.Where(rule => rule.Action == "SCMP_ACT_ALLOW" && rule.Args.IsEmpty).SelectMany(rule => rule.Names)];
        HashSet<string> conditional = [.. spec.Syscalls.Where(rule => !rule.Args.IsEmpty).SelectMany(rule => rule.Names)];
        uint newest = spec.Syscalls.SelectMany(rule => rule.Names).Where(name => SyscallTable.TryGet(SyscallMachine.X64, name, out _)).Max(Number);
        foreach (string name in SyscallTable.Names.Where(name => !conditional.Contains(name) && name != "clone3"))
        {
            if (SyscallTable.TryGet(SyscallMachine.X64, name, out int number))
            {
                uint expected = allowed.Contains(name) ? Allow : number > newest ? NoSuchCall : NotPermitted;
                Assert.True(expected == BpfMachine.Run(program, BpfMachine.X64, (uint)number), name);
            }
        }
    }

    [Fact]
    public void The_default_profile_is_short_enough_to_be_cheap()
    {
        SeccompProgram program = SeccompCompiler.Compile(SeccompProfile.RuntimeDefault.For(CapabilitySet.Default), SyscallTable.Native);
        Assert.InRange(program.Instructions.Length, 50, 600);
    }

    [Fact]
    public void The_default_profile_keeps_namespaces_from_unprivileged_containers()
    {
        SeccompProgram program = SeccompCompiler.Compile(SeccompProfile.RuntimeDefault.For(CapabilitySet.Default, SyscallMachine.X64, new KernelVersion(6, 1)), SyscallMachine.X64);
        Assert.Equal(Allow, BpfMachine.Run(program, BpfMachine.X64, Number("clone"), 0x11));
        Assert.Equal(NotPermitted, BpfMachine.Run(program, BpfMachine.X64, Number("clone"), 0x10000000));
        Assert.Equal(NoSuchCall, BpfMachine.Run(program, BpfMachine.X64, Number("clone3")));
        Assert.Equal(NotPermitted, BpfMachine.Run(program, BpfMachine.X64, Number("unshare"), 0x10000000));
        Assert.Equal(NotPermitted, BpfMachine.Run(program, BpfMachine.X64, Number("io_uring_setup")));
        Assert.Equal(Allow, BpfMachine.Run(program, BpfMachine.X64, Number("socket"), 2));
        Assert.Equal(NotPermitted, BpfMachine.Run(program, BpfMachine.X64, Number("socket"), 38));
        Assert.Equal(NotPermitted, BpfMachine.Run(program, BpfMachine.X64, Number("socket"), 40));
        Assert.Equal(Allow, BpfMachine.Run(program, BpfMachine.X64, Number("personality"), 0xffffffff));
        Assert.Equal(NotPermitted, BpfMachine.Run(program, BpfMachine.X64, Number("personality"), 0x40000));
    }

    [Fact]
    public void A_capability_brings_its_calls()
    {
        CapabilitySet admin = CapabilitySet.Compute(CapabilitySet.Default, ["SYS_ADMIN"], []);
        SeccompProgram program = SeccompCompiler.Compile(SeccompProfile.RuntimeDefault.For(admin, SyscallMachine.X64, new KernelVersion(6, 1)), SyscallMachine.X64);
        Assert.Equal(Allow, BpfMachine.Run(program, BpfMachine.X64, Number("clone"), 0x10000000));
        Assert.Equal(Allow, BpfMachine.Run(program, BpfMachine.X64, Number("clone3")));
        Assert.Equal(Allow, BpfMachine.Run(program, BpfMachine.X64, Number("mount")));
    }

    [Fact]
    public void Other_numberings_cannot_slip_past()
    {
        SeccompSpec only64 = new() { DefaultAction = "SCMP_ACT_ALLOW", Syscalls = [new SyscallSpec { Names = ["mkdir"], Action = "SCMP_ACT_KILL_PROCESS" }] };
        SeccompProgram program = SeccompCompiler.Compile(only64, SyscallMachine.X64);
        Assert.Equal(KillProcess, BpfMachine.Run(program, BpfMachine.X86, 39));
        Assert.Equal(NoSuchCall, BpfMachine.Run(program, BpfMachine.X64, 0x40000000 + Number("mkdir")));

        SeccompProgram both = SeccompCompiler.Compile(only64 with { Architectures = ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"] }, SyscallMachine.X64);
        Assert.Equal(KillProcess, BpfMachine.Run(both, BpfMachine.X86, 39));
        Assert.Equal(Allow, BpfMachine.Run(both, BpfMachine.X86, 40));
    }

    [Theory]
    [InlineData("SCMP_ACT_KILL", 0u)]
    [InlineData("SCMP_ACT_KILL_THREAD", 0u)]
    [InlineData("SCMP_ACT_KILL_PROCESS", 0x80000000u)]
    [InlineData("SCMP_ACT_TRAP", 0x00030000u)]
    [InlineData("SCMP_ACT_ERRNO", 0x00050007u)]
    [InlineData("SCMP_ACT_TRACE", 0x7ff00007u)]
    [InlineData("SCMP_ACT_LOG", 0x7ffc0000u)]
    public void Every_action_has_its_value(string action, uint value)
    {
        SeccompSpec spec = new() { DefaultAction = "SCMP_ACT_ALLOW", Syscalls = [new SyscallSpec { Names = ["mkdir"], Action = action, ErrnoRet = 7 }] };
        Assert.Equal(value, BpfMachine.Run(SeccompCompiler.Compile(spec, SyscallMachine.X64), BpfMachine.X64, Number("mkdir")));
    }

    [Theory]
    [InlineData("SCMP_ACT_NOTIFY", ErrorKind.Unimplemented)]
    [InlineData("SCMP_ACT_MAYBE", ErrorKind.InvalidArgument)]
    public void Actions_that_cannot_be_kept_are_refused(string action, ErrorKind kind)
    {
        SeccompSpec spec = new() { DefaultAction = "SCMP_ACT_ALLOW", Syscalls = [new SyscallSpec { Names = ["mkdir"], Action = action }] };
        Assert.Equal(kind, Assert.Throws<KeelsonException>(() => SeccompCompiler.Compile(spec, SyscallMachine.X64)).Kind);
    }

    [Fact]
    public void A_localhost_profile_is_read_with_its_conditions()
    {
        SeccompProfile profile = SeccompProfile.Parse(
            """
            {"defaultAction":"SCMP_ACT_ALLOW","archMap":[{"architecture":"SCMP_ARCH_X86_64","subArchitectures":["SCMP_ARCH_X86"]}],
             "syscalls":[{"name":"mkdir","action":"SCMP_ACT_ERRNO","errnoRet":30},
                         {"names":["chmod"],"action":"SCMP_ACT_ERRNO","includes":{"minKernel":"99.0"}},
                         {"names":["chown"],"action":"SCMP_ACT_ERRNO","excludes":{"caps":["CAP_CHOWN"]},"comment":"x"}]}
            """u8,
            "test.json");
        SeccompProgram program = SeccompCompiler.Compile(profile.For(CapabilitySet.Default, SyscallMachine.X64, new KernelVersion(6, 1)), SyscallMachine.X64);
        Assert.Equal(0x0005001eu, BpfMachine.Run(program, BpfMachine.X64, Number("mkdir")));
        Assert.Equal(Allow, BpfMachine.Run(program, BpfMachine.X64, Number("chmod")));
        Assert.Equal(Allow, BpfMachine.Run(program, BpfMachine.X64, Number("chown")));
        Assert.Equal(0x0005001eu, BpfMachine.Run(program, BpfMachine.X86, 39));
    }

    [Theory]
    [InlineData("{", "test.json")]
    [InlineData("{}", "no defaultAction")]
    [InlineData("""{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["mkdir"],"action":"x"}]}""", "test.json")]
    public void A_bad_profile_is_refused_by_name(string json, string fragment)
    {
        KeelsonException failure = Assert.Throws<KeelsonException>(() => SeccompProfile.Parse(System.Text.Encoding.UTF8.GetBytes(json), "test.json").For(default));
        Assert.Equal(ErrorKind.InvalidArgument, failure.Kind);
        Assert.Contains(fragment, failure.Message, StringComparison.Ordinal);
    }

    private static uint Number(string name)
    {
        Assert.True(SyscallTable.TryGet(SyscallMachine.X64, name, out int number), name);
        return (uint)number;
    }
}
