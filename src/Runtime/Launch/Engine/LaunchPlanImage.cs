using System.Runtime.InteropServices;

namespace Keelson.Oci.Launch.Engine;

/// <summary>The bytes of a compiled plan whose header has been checked; position independent, the same for every launch.</summary>
public readonly struct LaunchPlanImage
{
    private LaunchPlanImage(ReadOnlyMemory<byte> bytes) => Bytes = bytes;

    /// <summary>The image.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    internal PlanHeader Header => MemoryMarshal.Read<PlanHeader>(Bytes.Span);

    /// <summary>Checks the header; false for anything this build of the engine cannot run.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, out LaunchPlanImage image)
    {
        image = default;
        if (bytes.Length < PlanHeader.SizeBytes)
        {
            return false;
        }

        PlanHeader header = MemoryMarshal.Read<PlanHeader>(bytes.Span);
        ulong length = (ulong)bytes.Length;
        bool known = header.Magic == PlanHeader.ExpectedMagic
            && header.Version is >= PlanHeader.FirstVersion and <= PlanHeader.NewestVersion
            && header.Machine == (ushort)RuntimeInformation.ProcessArchitecture;
        bool inside = PlanHeader.SizeBytes + ((ulong)header.OpCount * LaunchOp.SizeBytes) <= length
            && header.RelocationOffset + ((ulong)header.RelocationCount * sizeof(uint)) <= length
            && header.RelocationOffset % sizeof(uint) == 0
            && header.CgroupPathOffset < length
            && header.OpCount > 0
            && header.SlotCount is >= PlanSlots.FirstFree and < LaunchOp.NoSlot;
        if (!known || !inside)
        {
            return false;
        }

        foreach (uint offset in MemoryMarshal.Cast<byte, uint>(bytes.Span.Slice((int)header.RelocationOffset, (int)header.RelocationCount * sizeof(uint))))
        {
            if (offset % sizeof(ulong) != 0 || offset + sizeof(ulong) > length)
            {
                return false;
            }
        }

        image = new LaunchPlanImage(bytes);
        return true;
    }
}
