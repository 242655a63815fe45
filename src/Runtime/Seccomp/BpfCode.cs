using Keelson.Linux.Native;

namespace Keelson.Oci.Seccomp;

/// <summary>Classic BPF instructions over struct seccomp_data.</summary>
internal static class BpfCode
{
    internal const int NumberOffset = 0;
    internal const int MachineOffset = 4;

    private const ushort LoadWord = 0x20;
    private const ushort And = 0x54;
    private const ushort Always = 0x05;
    private const ushort Equal = 0x15;
    private const ushort Greater = 0x25;
    private const ushort GreaterOrEqual = 0x35;
    private const ushort Return = 0x06;

    /// <summary>Longest conditional jump.</summary>
    internal const int ShortJump = 255;

    internal static int LowHalf(uint argument) => 16 + ((int)argument * 8);

    internal static int HighHalf(uint argument) => LowHalf(argument) + 4;

    internal static Uapi.sock_filter Load(int offset) => new() { code = LoadWord, k = (uint)offset };

    internal static Uapi.sock_filter Mask(uint mask) => new() { code = And, k = mask };

    internal static Uapi.sock_filter Jump(int over) => new() { code = Always, k = (uint)over };

    internal static Uapi.sock_filter IfEqual(uint value, int yes, int no) => If(Equal, value, yes, no);

    internal static Uapi.sock_filter IfGreater(uint value, int yes, int no) => If(Greater, value, yes, no);

    internal static Uapi.sock_filter IfGreaterOrEqual(uint value, int yes, int no) => If(GreaterOrEqual, value, yes, no);

    internal static Uapi.sock_filter Answer(uint action) => new() { code = Return, k = action };

    private static Uapi.sock_filter If(ushort code, uint value, int yes, int no) => new() { code = code, k = value, jt = checked((byte)yes), jf = checked((byte)no) };
}
