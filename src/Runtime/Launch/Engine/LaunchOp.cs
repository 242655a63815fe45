using System.Runtime.InteropServices;

namespace Keelson.Oci.Launch.Engine;

/// <summary>
/// One system call of a plan, 64 bytes. The child reads nothing but these, its slots and the plan's data.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = SizeBytes)]
internal struct LaunchOp
{
    internal const int SizeBytes = 64;

    /// <summary>No slot receives the result.</summary>
    internal const ushort NoSlot = 0xffff;

    /// <summary>
    /// A call number that is no system call: compares the 8 bytes at <see cref="Arg0"/>, masked by <see cref="Arg1"/>,
    /// with <see cref="Arg2"/>; fails with errno <see cref="Arg3"/> where they differ.
    /// </summary>
    internal const ushort Compare = 0xffff;

    /// <summary>
    /// A call number that is no system call: walks the path at <see cref="Arg1"/> below the directory <see cref="Arg0"/>,
    /// which is its root, and makes what is missing; the result is a descriptor of its end. <see cref="Arg2"/>: the mode
    /// of a file to be made at the end, or 0 for a directory. <see cref="Arg3"/>: <see cref="PathCalls"/>.
    /// <see cref="Arg4"/>: how many links may be on the way.
    /// </summary>
    internal const ushort MakePath = 0xfffe;

    /// <summary>In <see cref="Tolerated"/>: every errno.</summary>
    internal const byte AnyErrno = 0xff;

    /// <summary>System call number of the machine the plan was compiled for.</summary>
    internal ushort Number;

    /// <summary>Steps to go when the result is 0; 1 is the next.</summary>
    internal short JumpZero;

    /// <summary>The slot that receives the result, or <see cref="NoSlot"/>.</summary>
    internal ushort OutSlot;

    /// <summary>Bit i: argument i is the number of a slot, whose value is used.</summary>
    internal byte SlotMask;

    internal LaunchOpFlags Flags;

    internal long Arg0;
    internal long Arg1;
    internal long Arg2;
    internal long Arg3;
    internal long Arg4;
    internal long Arg5;

    /// <summary>Up to four errno values, one a byte, after which the plan goes on at <see cref="JumpError"/>; 0 for none.</summary>
    internal uint Tolerated;

    /// <summary>Steps to go after a tolerated errno.</summary>
    internal short JumpError;

    /// <summary>Steps to go after any other result.</summary>
    internal short JumpOk;
}
