using System.Runtime.InteropServices;

namespace Keelson.Oci.Launch.Engine;

/// <summary>
/// The start of a plan image. Offsets are from the image's first byte; operations follow the header, then data, then
/// relocations: offsets of 8-byte values, themselves offsets, to which the engine adds the address of its copy.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = SizeBytes)]
internal struct PlanHeader
{
    internal const int SizeBytes = 64;

    /// <summary>"KLP1"</summary>
    internal const uint ExpectedMagic = 0x31504c4b;

    /// <summary>The oldest version there is; a plan has it unless it needs more, so that shims of an older build run it.</summary>
    internal const ushort FirstVersion = 1;

    /// <summary>Has <see cref="LaunchOp.MakePath"/>.</summary>
    internal const ushort MakePathVersion = 2;

    /// <summary>Raised with every change of this layout or of <see cref="LaunchOp"/>.</summary>
    internal const ushort NewestVersion = MakePathVersion;

    internal uint Magic;
    internal ushort Version;

    /// <summary>The machine whose system call numbers are used: <see cref="Architecture"/> as a number.</summary>
    internal ushort Machine;

    /// <summary>Flags for clone3, namespaces only; the engine adds its own.</summary>
    internal ulong CloneFlags;

    internal uint OpCount;
    internal uint SlotCount;
    internal uint RelocationOffset;
    internal uint RelocationCount;

    /// <summary>A NUL-terminated path of a cgroup v2 directory to be born in; 0 for none.</summary>
    internal uint CgroupPathOffset;

    internal PlanFlags Flags;
    internal uint ExitGroupNumber;
    internal uint Reserved0;
    internal ulong Reserved1;
    internal ulong Reserved2;
}
