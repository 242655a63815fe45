using System.Collections.Immutable;
using System.Globalization;
using Keelson.Core;

namespace Keelson.Oci.Capabilities;

/// <summary>A set of capabilities, as the kernel holds it: one bit each.</summary>
public readonly record struct CapabilitySet(ulong Bits)
{
    private const string All = "ALL";

    /// <summary>Every capability of the table.</summary>
    public static CapabilitySet Everything { get; } = new((1UL << CapabilityTable.Names.Length) - 1);

    /// <summary>What a container has unless it asks otherwise.</summary>
    public static CapabilitySet Default { get; } = Of(CapabilityTable.Default);

    /// <summary>The names in it, in the order of their numbers.</summary>
    public ImmutableArray<string> Names
    {
        get
        {
            ulong bits = Bits;
            return [.. CapabilityTable.Names.Where((_, number) => (bits & (1UL << number)) != 0)];
        }
    }

    /// <summary>The set of <paramref name="names"/>.</summary>
    /// <exception cref="KeelsonException">InvalidArgument: an unknown name.</exception>
    public static CapabilitySet Of(IEnumerable<string> names)
    {
        ulong bits = 0;
        foreach (string name in names)
        {
            bits |= Bit(name);
        }

        return new CapabilitySet(bits);
    }

    /// <summary>
    /// The kubelet's adds and drops on a base. ALL comes first whichever list it is in: dropping ALL and adding one
    /// leaves one; adding ALL and dropping one leaves the rest. A name in both lists is added.
    /// </summary>
    /// <exception cref="KeelsonException">InvalidArgument: an unknown name.</exception>
    public static CapabilitySet Compute(CapabilitySet start, IReadOnlyCollection<string> add, IReadOnlyCollection<string> drop)
    {
        ulong bits = start.Bits;
        bits = add.Any(IsAll) ? Everything.Bits : bits;
        bits = drop.Any(IsAll) ? 0 : bits;
        bits &= ~Of(drop.Where(name => !IsAll(name))).Bits;
        bits |= Of(add.Where(name => !IsAll(name))).Bits;
        return new CapabilitySet(bits);
    }

    /// <summary>What is in both.</summary>
    public CapabilitySet Intersect(CapabilitySet other) => new(Bits & other.Bits);

    /// <summary>Whether the capability with this number is in it.</summary>
    public bool Contains(int number) => (Bits & (1UL << number)) != 0;

    /// <summary>The set on a line such as <c>CapBnd:</c> of /proc/PID/status.</summary>
    internal static CapabilitySet FromStatus(string status, string field)
    {
        foreach (string line in status.Split('\n'))
        {
            if (line.StartsWith(field, StringComparison.Ordinal))
            {
                return new CapabilitySet(ulong.Parse(line[(field.Length + 1)..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
            }
        }

        throw new KeelsonException(ErrorKind.Internal, $"/proc/self/status has no line {field}");
    }

    private static bool IsAll(string name) => name.Equals(All, StringComparison.OrdinalIgnoreCase) || name.Equals("CAP_ALL", StringComparison.OrdinalIgnoreCase);

    private static ulong Bit(string name) => CapabilityTable.TryGetNumber(name, out int number)
        ? 1UL << number
        : throw new KeelsonException(ErrorKind.InvalidArgument, $"capability '{name}': unknown");
}
