using System.Runtime.InteropServices;
using Keelson.Linux.Native;
using Keelson.Oci.Launch.Building;
using Keelson.Oci.Seccomp;
using Keelson.Oci.Spec;

namespace Keelson.Oci.Launch.Compile;

/// <summary>Installs the system call filter.</summary>
internal static class SeccompStage
{
    internal static void Install(PlanBuilder plan, SeccompSpec spec)
    {
        SeccompProgram program = SeccompCompiler.Compile(spec);
        PlanData filter = plan.Bytes(MemoryMarshal.AsBytes(program.Instructions.AsSpan()));

        // struct sock_fprog { u16 len; sock_filter *filter; }
        PlanData header = plan.NumberAndAddress(program.Instructions.Length, filter);
        plan.Add($"seccomp filter of {program.Instructions.Length} instructions", "seccomp", Uapi.SECCOMP_SET_MODE_FILTER, program.Flags, header);
    }
}
