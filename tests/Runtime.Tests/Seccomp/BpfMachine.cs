using Keelson.Oci.Seccomp;

namespace Keelson.Runtime.Tests.Seccomp;

/// <summary>Runs classic BPF as the kernel does, so that a filter's answers can be asked for without installing it.</summary>
internal static class BpfMachine
{
    internal const uint X64 = 0xc000003e;
    internal const uint X86 = 0x40000003;

    internal static uint Run(SeccompProgram program, uint machine, uint number, params ulong[] args)
    {
        byte[] data = new byte[64];
        BitConverter.TryWriteBytes(data, number);
        BitConverter.TryWriteBytes(data.AsSpan(4), machine);
        for (int i = 0; i < args.Length; i++)
        {
            BitConverter.TryWriteBytes(data.AsSpan(16 + (i * 8)), args[i]);
        }

        uint accumulator = 0;
        for (int pc = 0; ; pc++)
        {
            var instruction = program.Instructions[pc];
            switch (instruction.code)
            {
                case 0x20:
                    accumulator = BitConverter.ToUInt32(data, (int)instruction.k);
                    break;
                case 0x54:
                    accumulator &= instruction.k;
                    break;
                case 0x05:
                    pc += (int)instruction.k;
                    break;
                case 0x15:
                    pc += accumulator == instruction.k ? instruction.jt : instruction.jf;
                    break;
                case 0x25:
                    pc += accumulator > instruction.k ? instruction.jt : instruction.jf;
                    break;
                case 0x35:
                    pc += accumulator >= instruction.k ? instruction.jt : instruction.jf;
                    break;
                case 0x06:
                    return instruction.k;
                default:
                    throw new InvalidOperationException($"instruction {instruction.code:x}");
            }
        }
    }
}
