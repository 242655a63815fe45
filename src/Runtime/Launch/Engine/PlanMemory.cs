using System.Runtime.InteropServices;
using Keelson.Linux;
using Keelson.Linux.Native;

namespace Keelson.Oci.Launch.Engine;

/// <summary>
/// One launch's copy of a plan in shared memory: the image relocated to where it lies, then slots, control block,
/// clone arguments, and room for paths.
/// </summary>
internal sealed unsafe class PlanMemory : IDisposable
{
    // The same number on every architecture.
    private const long CloneNumber = 435;
    private const long CloseRangeNumber = 436;

    // Streams, target, empty mounts, status pipe, supervisor, and the extra ones.
    private const int MaxKept = 7 + PlanSlots.MaxExtra;

    private readonly SharedPages _pages;

    internal PlanMemory(LaunchPlanImage image)
    {
        PlanHeader header = image.Header;
        int slots = Align(image.Bytes.Length);
        int control = slots + ((int)header.SlotCount * sizeof(long));
        int cloneArgs = control + sizeof(PlanControl);
        int pidfd = cloneArgs + sizeof(Uapi.clone_args);
        int supervisor = pidfd + sizeof(long);
        int foreign = supervisor + sizeof(LibC.pollfd);
        int room = foreign + (ForeignDescriptors.MaxRanges(MaxKept) * sizeof(FdRange));

        // A page that no path is walked in is never touched, and costs nothing.
        _pages = new SharedPages(room + (int)PathCalls.RoomsBytes);

        // SAFETY: every offset lies inside the mapping made with their sum, and the mapping is page aligned.
        byte* start = _pages.Start;
        image.Bytes.Span.CopyTo(_pages.Span);
        Slots = (long*)(start + slots);
        Control = (PlanControl*)(start + control);
        CloneArgs = (Uapi.clone_args*)(start + cloneArgs);
        PidFd = (int*)(start + pidfd);
        Supervisor = (LibC.pollfd*)(start + supervisor);
        Relocate(header);

        CgroupPath = header.CgroupPathOffset == 0 ? null : Marshal.PtrToStringUTF8((nint)(start + header.CgroupPathOffset));
        *CloneArgs = new Uapi.clone_args
        {
            flags = header.CloneFlags | Uapi.CLONE_PIDFD | Uapi.CLONE_CLEAR_SIGHAND,
            pidfd = (ulong)PidFd,
            exit_signal = LibC.SIGCHLD,
        };
        *Control = new PlanControl
        {
            Ops = (LaunchOp*)(start + PlanHeader.SizeBytes),
            Slots = Slots,
            CloneNumber = CloneNumber,
            CloneArgs = (long)CloneArgs,
            CloneArgsSize = sizeof(Uapi.clone_args),
            ExitGroupNumber = header.ExitGroupNumber,
            CloseRangeNumber = CloseRangeNumber,
            Foreign = (FdRange*)(start + foreign),
            Room = start + room,
        };
    }

    internal long* Slots { get; }

    internal PlanControl* Control { get; }

    internal Uapi.clone_args* CloneArgs { get; }

    /// <summary>Where clone3 writes the child's pidfd.</summary>
    internal int* PidFd { get; }

    /// <summary>For the child to see whether the process that launches has ended.</summary>
    internal LibC.pollfd* Supervisor { get; }

    /// <summary>The cgroup v2 directory to be born in, or null.</summary>
    internal string? CgroupPath { get; }

    /// <summary>Has the child close all descriptors but those in the slots for them, the supervisor and <paramref name="status"/>.</summary>
    internal void KeepInChild(int status)
    {
        Span<int> kept = stackalloc int[MaxKept];
        kept[0] = status;
        kept[1] = (int)Slots[PlanSlots.EmptyMounts];
        kept[2] = Supervisor->fd;
        for (int i = 0; i < PlanSlots.Descriptors; i++)
        {
            kept[3 + i] = (int)Slots[i];
        }

        for (int i = 0; i < PlanSlots.MaxExtra; i++)
        {
            kept[3 + PlanSlots.Descriptors + i] = (int)Slots[PlanSlots.FirstExtra + i];
        }

        ForeignDescriptors.Write(Control->Foreign, kept);
    }

    public void Dispose() => _pages.Dispose();

    private static int Align(int length) => (length + 63) & ~63;

    private void Relocate(in PlanHeader header)
    {
        // SAFETY: LaunchPlanImage checked that each relocation names 8 aligned bytes of the image.
        byte* start = _pages.Start;
        uint* offsets = (uint*)(start + header.RelocationOffset);
        for (uint i = 0; i < header.RelocationCount; i++)
        {
            *(long*)(start + offsets[i]) += (long)start;
        }
    }
}
