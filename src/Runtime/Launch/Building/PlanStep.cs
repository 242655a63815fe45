using Keelson.Linux;
using Keelson.Oci.Launch.Engine;

namespace Keelson.Oci.Launch.Building;

/// <summary>One operation while it is being written.</summary>
internal sealed class PlanStep(string name, string call, PlanArg[] args)
{
    private const int MaxTolerated = 4;

    /// <summary>For people: what is done to what.</summary>
    internal string Name { get; } = name;

    /// <summary>The system call's name, or one of <see cref="PseudoCalls"/>.</summary>
    internal string Call { get; } = call;

    internal PlanArg[] Args { get; } = args;

    internal ushort OutSlot { get; private set; } = LaunchOp.NoSlot;

    internal LaunchOpFlags Flags { get; private set; }

    internal uint Tolerated { get; private set; }

    internal PlanLabel? OnError { get; private set; }

    internal PlanLabel? OnZeroLabel { get; private set; }

    internal PlanLabel? OnOkLabel { get; private set; }

    /// <summary>Keeps the result in <paramref name="slot"/>.</summary>
    internal PlanStep Into(PlanSlot slot)
    {
        OutSlot = slot.Index;
        return this;
    }

    /// <summary>Goes on with the next operation after one of <paramref name="errors"/>.</summary>
    internal PlanStep Tolerating(params ReadOnlySpan<Errno> errors) => Tolerating(null, errors);

    /// <summary>Goes to <paramref name="target"/> after one of <paramref name="errors"/>; an empty list means every errno.</summary>
    internal PlanStep Tolerating(PlanLabel? target, params ReadOnlySpan<Errno> errors)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(errors.Length, MaxTolerated);
        Tolerated = errors.IsEmpty ? LaunchOp.AnyErrno : 0u;
        foreach (Errno error in errors)
        {
            Tolerated = (Tolerated << 8) | (byte)error;
        }

        OnError = target;
        return this;
    }

    /// <summary>Goes to <paramref name="target"/> on success.</summary>
    internal PlanStep Then(PlanLabel target)
    {
        OnZeroLabel = target;
        OnOkLabel = target;
        return this;
    }

    /// <summary>Goes to <paramref name="target"/> when the result is 0.</summary>
    internal PlanStep ThenOnZero(PlanLabel target)
    {
        OnZeroLabel = target;
        return this;
    }

    /// <summary>A result below argument 2 is a failure.</summary>
    internal PlanStep Whole()
    {
        Flags |= LaunchOpFlags.WholeCount;
        return this;
    }
}
