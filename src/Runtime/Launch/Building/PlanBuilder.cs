using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using Keelson.Core;
using Keelson.Oci.Launch.Engine;
using Keelson.Oci.Syscalls;

namespace Keelson.Oci.Launch.Building;

/// <summary>
/// Writes a plan: steps in order, labels for jumps, slots for results, and a data section whose addresses become
/// relocations. Only the daemon uses it; the engine's side knows nothing of it.
/// </summary>
internal sealed class PlanBuilder
{
    internal const int ScratchBytes = 4096;

    private const int WordBytes = sizeof(long);

    private readonly List<PlanStep> _steps = [];
    private readonly MemoryStream _data = new();
    private readonly List<int> _dataRelocations = [];
    private readonly Dictionary<string, PlanData> _texts = new(StringComparer.Ordinal);
    private ushort _nextSlot = PlanSlots.FirstFree;
    private PlanData? _cgroupPath;
    private PlanData? _scratch;
    private PlanData? _pathCalls;
    private string _cgroupName = string.Empty;

    /// <summary>Namespaces the process is born with.</summary>
    internal ulong CloneFlags { get; set; }

    /// <summary>Whether the process is born in the target's pid namespace.</summary>
    internal bool BornInTargetPidNamespace { get; set; }

    /// <summary>Whether the first extra descriptor is the mount of the terminal's devpts.</summary>
    internal bool TakesTerminalMount { get; set; }

    /// <summary>The cgroup v2 directory the process is born in.</summary>
    internal void BornIn(HostPath cgroup)
    {
        _cgroupPath = Text(cgroup.Value);
        _cgroupName = cgroup.Value;
    }

    /// <summary>A cell of its own.</summary>
    internal PlanSlot NewSlot() => new(_nextSlot++);

    /// <summary>Makes <paramref name="label"/> stand before the next step.</summary>
    internal void Mark(PlanLabel label) => label.Position = _steps.Count;

    /// <summary>Adds a call.</summary>
    internal PlanStep Add(string name, string call, params PlanArg[] args)
    {
        PlanStep step = new(name, call, args);
        _steps.Add(step);
        return step;
    }

    /// <summary>Adds a check that the 8 bytes at <paramref name="at"/>, masked, are <paramref name="expected"/>; else the plan fails with <paramref name="error"/>.</summary>
    internal PlanStep AddCheck(string name, PlanData at, long mask, long expected, Linux.Errno error) =>
        Add(name, PseudoCalls.Compare, at, mask, expected, (long)error);

    /// <summary>
    /// Adds a walk of <paramref name="path"/> inside <paramref name="root"/>, past at most <paramref name="links"/> links,
    /// that makes what is missing: directories, and at the end a directory or, with a <paramref name="fileMode"/>, a file.
    /// Its result is a descriptor of the end.
    /// </summary>
    internal PlanStep AddMakePath(string name, PlanSlot root, string path, int fileMode, int links) =>
        Add(name, PseudoCalls.MakePath, root, Text(path), fileMode, _pathCalls ??= PseudoCalls.WritePathCalls(this), links);

    /// <summary>A NUL-terminated text; equal texts share a place.</summary>
    internal PlanData Text(string text)
    {
        if (!_texts.TryGetValue(text, out PlanData place))
        {
            if (text.Contains('\0', StringComparison.Ordinal))
            {
                throw new KeelsonException(ErrorKind.InvalidArgument, $"'{text.Replace('\0', '?')}': a NUL byte in a path or argument");
            }

            place = Bytes([.. Encoding.UTF8.GetBytes(text), 0]);
            _texts.Add(text, place);
        }

        return place;
    }

    /// <summary>A copy of <paramref name="bytes"/>, aligned for any type.</summary>
    internal PlanData Bytes(ReadOnlySpan<byte> bytes)
    {
        while (_data.Length % WordBytes != 0)
        {
            _data.WriteByte(0);
        }

        PlanData place = new((int)_data.Length);
        _data.Write(bytes);
        return place;
    }

    /// <summary>4 KiB for calls to write into, read by the step after them at the latest; all steps share it.</summary>
    internal PlanData Scratch => _scratch ??= Bytes(new byte[ScratchBytes]);

    /// <summary>A structure as the kernel reads it.</summary>
    internal PlanData Struct<T>(in T value)
        where T : unmanaged => Bytes(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));

    /// <summary>A list of addresses ended by a null: argv and envp.</summary>
    internal PlanData Pointers(ImmutableArray<PlanData> targets)
    {
        Span<byte> word = stackalloc byte[WordBytes];
        PlanData place = Bytes([]);
        foreach (PlanData target in targets)
        {
            _dataRelocations.Add((int)_data.Length);
            BinaryPrimitives.WriteInt64LittleEndian(word, target.Offset);
            _data.Write(word);
        }

        word.Clear();
        _data.Write(word);
        return place;
    }

    /// <summary>A number and an address: struct sock_fprog, struct iovec turned round.</summary>
    internal PlanData NumberAndAddress(long number, PlanData target)
    {
        Span<byte> pair = stackalloc byte[2 * WordBytes];
        BinaryPrimitives.WriteInt64LittleEndian(pair, number);
        BinaryPrimitives.WriteInt64LittleEndian(pair[WordBytes..], target.Offset);
        PlanData place = Bytes(pair);
        _dataRelocations.Add(place.Offset + WordBytes);
        return place;
    }

    /// <summary>The finished plan.</summary>
    internal LaunchPlan Build()
    {
        int dataStart = PlanHeader.SizeBytes + (_steps.Count * LaunchOp.SizeBytes);
        byte[] data = _data.ToArray();
        List<uint> relocations = [];
        foreach (int offset in _dataRelocations)
        {
            // Until now the word holds an offset in the data section.
            Span<byte> word = data.AsSpan(offset, WordBytes);
            BinaryPrimitives.WriteInt64LittleEndian(word, BinaryPrimitives.ReadInt64LittleEndian(word) + dataStart);
            relocations.Add((uint)(dataStart + offset));
        }

        LaunchOp[] ops = new LaunchOp[_steps.Count];
        for (int i = 0; i < ops.Length; i++)
        {
            ops[i] = Encode(_steps[i], i, dataStart, relocations);
        }

        int relocationStart = dataStart + ((data.Length + WordBytes - 1) & ~(WordBytes - 1));
        PlanHeader header = new()
        {
            Magic = PlanHeader.ExpectedMagic,
            Version = _pathCalls is null ? PlanHeader.FirstVersion : PlanHeader.MakePathVersion,
            Machine = (ushort)RuntimeInformation.ProcessArchitecture,
            CloneFlags = CloneFlags,
            OpCount = (uint)ops.Length,
            SlotCount = _nextSlot,
            RelocationOffset = (uint)relocationStart,
            RelocationCount = (uint)relocations.Count,
            CgroupPathOffset = _cgroupPath is PlanData path ? (uint)(dataStart + path.Offset) : 0,
            Flags = BornInTargetPidNamespace ? PlanFlags.BornInTargetPidNamespace : PlanFlags.None,
            ExitGroupNumber = SyscallTable.Require("exit_group"),
        };

        byte[] image = new byte[relocationStart + (relocations.Count * sizeof(uint))];
        MemoryMarshal.Write(image, in header);
        MemoryMarshal.AsBytes(ops.AsSpan()).CopyTo(image.AsSpan(PlanHeader.SizeBytes));
        data.CopyTo(image, dataStart);
        MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(relocations)).CopyTo(image.AsSpan(relocationStart));
        return new LaunchPlan(image, StepNames(), [.. _steps], data) { TakesTerminalMount = TakesTerminalMount };
    }

    private ImmutableArray<string> StepNames() =>
    [
        $"open cgroup '{_cgroupName}'",
        "setns to the pid namespace of the target process",
        $"clone3 with {NamespaceNames.Of(CloneFlags)}",
        .. _steps.Select(step => step.Name),
    ];

    private static LaunchOp Encode(PlanStep step, int index, int dataStart, List<uint> relocations)
    {
        LaunchOp op = new()
        {
            Number = PseudoCalls.NumberOf(step.Call) ?? SyscallTable.Require(step.Call),
            OutSlot = step.OutSlot,
            Flags = step.Flags,
            Tolerated = step.Tolerated,
            JumpZero = Jump(step.OnZeroLabel, index),
            JumpOk = Jump(step.OnOkLabel, index),
            JumpError = Jump(step.OnError, index),
        };

        Span<long> values = MemoryMarshal.CreateSpan(ref op.Arg0, 6);
        for (int i = 0; i < step.Args.Length; i++)
        {
            PlanArg arg = step.Args[i];
            values[i] = arg.Value;
            if (arg.Kind == PlanArgKind.Slot)
            {
                op.SlotMask |= (byte)(1 << i);
            }
            else if (arg.Kind == PlanArgKind.Data)
            {
                values[i] += dataStart;
                relocations.Add((uint)(PlanHeader.SizeBytes + (index * LaunchOp.SizeBytes) + WordBytes + (i * WordBytes)));
            }
        }

        return op;
    }

    private static short Jump(PlanLabel? label, int index)
    {
        if (label is null)
        {
            return 1;
        }

        return label.Position >= 0 ? checked((short)(label.Position - index)) : throw new InvalidOperationException("a jump leads to a label that was never marked");
    }
}
