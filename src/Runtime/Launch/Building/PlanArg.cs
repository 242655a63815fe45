namespace Keelson.Oci.Launch.Building;

/// <summary>An argument of a call: a number, a slot's value, or the address of data.</summary>
internal readonly record struct PlanArg
{
    private PlanArg(PlanArgKind kind, long value)
    {
        Kind = kind;
        Value = value;
    }

    internal PlanArgKind Kind { get; }

    internal long Value { get; }

    public static implicit operator PlanArg(long value) => new(PlanArgKind.Number, value);

    public static implicit operator PlanArg(PlanSlot slot) => new(PlanArgKind.Slot, slot.Index);

    public static implicit operator PlanArg(PlanData data) => new(PlanArgKind.Data, data.Offset);
}
