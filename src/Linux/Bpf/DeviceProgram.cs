using System.Runtime.InteropServices;
using Keelson.Linux.Native;

namespace Keelson.Linux;

/// <summary>bpf(2) for cgroup v2's device control.</summary>
public static class DeviceProgram
{
    /// <summary>Loads a program of <paramref name="instructions"/> and attaches it to a cgroup; it lives as long as the group.</summary>
    /// <param name="cgroupDirectory">The group.</param>
    /// <param name="instructions">8 bytes each (struct bpf_insn).</param>
    /// <exception cref="LinuxException">The kernel refused it.</exception>
    public static unsafe void Attach(string cgroupDirectory, ReadOnlySpan<ulong> instructions)
    {
        using SafeFd group = PlainFile.TryOpenDirectory(cgroupDirectory, out Errno error) ?? throw new LinuxException("open", cgroupDirectory, error);
        ReadOnlySpan<byte> license = "Apache-2.0\0"u8;

        // SAFETY: both spans are pinned for the call, and their lengths are passed with them.
        fixed (ulong* code = instructions)
        fixed (byte* text = license)
        {
            Uapi.bpf_attr_prog_load load = new()
            {
                prog_type = Uapi.BPF_PROG_TYPE_CGROUP_DEVICE,
                insn_cnt = (uint)instructions.Length,
                insns = (ulong)code,
                license = (ulong)text,
            };
            using SafeFd program = new(Bpf(Uapi.BPF_PROG_LOAD, &load, sizeof(Uapi.bpf_attr_prog_load), "BPF_PROG_LOAD", cgroupDirectory));
            Uapi.bpf_attr_prog_attach attach = new()
            {
                target_fd = (uint)group.Number,
                attach_bpf_fd = (uint)program.Number,
                attach_type = Uapi.BPF_CGROUP_DEVICE,
                attach_flags = Uapi.BPF_F_ALLOW_MULTI,
            };
            Bpf(Uapi.BPF_PROG_ATTACH, &attach, sizeof(Uapi.bpf_attr_prog_attach), "BPF_PROG_ATTACH", cgroupDirectory);
        }
    }

    private static unsafe int Bpf(int command, void* attributes, int size, string name, string subject)
    {
        long result;
        do
        {
            result = LibC.syscall(Uapi.SYS_bpf, command, (long)attributes, size, 0);
        }
        while (result < 0 && Marshal.GetLastPInvokeError() is (int)Errno.EAGAIN or (int)Errno.EINTR);

        return result < 0 ? throw LinuxException.FromLastError($"bpf {name}", subject) : (int)result;
    }
}
