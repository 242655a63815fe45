using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Keelson.Core;

namespace Keelson.Oci.Launch.Compile;

/// <summary>
/// An ELF file that calls pause(2) for ever: one segment, which is the file itself, and no stack to speak of. It has no
/// handler, so as PID 1 only SIGKILL from outside ends it.
/// </summary>
internal static class PauseProgram
{
    private const int HeaderBytes = 64;
    private const int SegmentHeaderBytes = 56;
    private const ulong LoadAddress = 0x400000;
    private const uint PT_LOAD = 1;
    private const uint PT_GNU_STACK = 0x6474e551;
    private const uint ReadExecute = 5;
    private const uint ReadWrite = 6;

    /// <summary>The file for this machine.</summary>
    internal static byte[] Create()
    {
        (ushort machine, byte[] code) = RuntimeInformation.ProcessArchitecture switch
        {
            // mov eax, 34 (pause); syscall; jmp to the start
            Architecture.X64 => ((ushort)62, new byte[] { 0xb8, 0x22, 0, 0, 0, 0x0f, 0x05, 0xeb, 0xf7 }),

            // mov x0..x3, 0; mov x8, 73 (ppoll); svc 0; b to the start
            Architecture.Arm64 => (
                (ushort)183,
                new byte[] { 0, 0, 0x80, 0xd2, 1, 0, 0x80, 0xd2, 2, 0, 0x80, 0xd2, 3, 0, 0x80, 0xd2, 0x28, 0x09, 0x80, 0xd2, 1, 0, 0, 0xd4, 0xfa, 0xff, 0xff, 0x17 }),
            _ => throw new KeelsonException(ErrorKind.Unimplemented, $"no pause program for {RuntimeInformation.ProcessArchitecture}"),
        };

        int codeStart = HeaderBytes + (2 * SegmentHeaderBytes);
        byte[] file = new byte[codeStart + code.Length];
        "\u007fELF"u8.CopyTo(file);
        file[4] = 2; // 64 bits
        file[5] = 1; // little-endian
        file[6] = 1; // version
        Write16(file, 16, 2); // ET_EXEC
        Write16(file, 18, machine);
        Write32(file, 20, 1);
        Write64(file, 24, LoadAddress + (ulong)codeStart);
        Write64(file, 32, HeaderBytes);
        Write16(file, 52, HeaderBytes);
        Write16(file, 54, SegmentHeaderBytes);
        Write16(file, 56, 2);

        Write32(file, HeaderBytes, PT_LOAD);
        Write32(file, HeaderBytes + 4, ReadExecute);
        Write64(file, HeaderBytes + 16, LoadAddress);
        Write64(file, HeaderBytes + 24, LoadAddress);
        Write64(file, HeaderBytes + 32, (ulong)file.Length);
        Write64(file, HeaderBytes + 40, (ulong)file.Length);
        Write64(file, HeaderBytes + 48, 0x1000);

        Write32(file, HeaderBytes + SegmentHeaderBytes, PT_GNU_STACK);
        Write32(file, HeaderBytes + SegmentHeaderBytes + 4, ReadWrite);
        code.CopyTo(file, codeStart);
        return file;
    }

    private static void Write16(byte[] file, int offset, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(offset), value);

    private static void Write32(byte[] file, int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(offset), value);

    private static void Write64(byte[] file, int offset, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(offset), value);
}
