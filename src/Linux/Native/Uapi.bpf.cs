using System.Runtime.InteropServices;

namespace Keelson.Linux.Native;

/// <summary>linux/bpf.h</summary>
internal static partial class Uapi
{
    internal const int BPF_PROG_LOAD = 5;
    internal const int BPF_PROG_ATTACH = 8;
    internal const uint BPF_PROG_TYPE_CGROUP_DEVICE = 15;
    internal const uint BPF_CGROUP_DEVICE = 6;
    internal const uint BPF_F_ALLOW_MULTI = 2;

    internal static readonly long SYS_bpf = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 280 : 321;

    /// <summary>The part of union bpf_attr that BPF_PROG_LOAD needs; the kernel takes the rest as zero.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 128)]
    internal struct bpf_attr_prog_load
    {
        internal uint prog_type;
        internal uint insn_cnt;
        internal ulong insns;
        internal ulong license;
        internal uint log_level;
        internal uint log_size;
        internal ulong log_buf;
    }

    /// <summary>The part of union bpf_attr that BPF_PROG_ATTACH needs.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct bpf_attr_prog_attach
    {
        internal uint target_fd;
        internal uint attach_bpf_fd;
        internal uint attach_type;
        internal uint attach_flags;
    }
}
