using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using Keelson.Linux;
using Keelson.Oci.Capabilities;
using Keelson.Oci.Spec;

namespace Keelson.Oci.Launch;

/// <summary>What the compiler has to know of this node: what the kernel can do, and what its own process may.</summary>
public sealed record LaunchHost
{
    private const int SysResource = 24;

    /// <summary>Overlay takes its layers one by one (<c>lowerdir+</c>, Linux 6.7); before, they must fit into one page.</summary>
    public required bool OverlayTakesLayersSingly { get; init; }

    /// <summary>Capabilities that a child of this process can be given.</summary>
    public required CapabilitySet Capabilities { get; init; }

    /// <summary>Lowest oom_score_adj that may be written; null where any may.</summary>
    public int? LowestOomScoreAdj { get; init; }

    /// <summary>Highest values that may be set, by <see cref="RlimitTypes"/>; what is not in it has no bound.</summary>
    public FrozenDictionary<string, ulong> HighestLimits { get; init; } = FrozenDictionary<string, ulong>.Empty;

    /// <summary>
    /// The CPUs that processes run on by default, as a mask, where this process was given others; else empty. Asked of
    /// init: with isolcpus= not all there are.
    /// </summary>
    public ImmutableArray<byte> CpusOfInit { get; init; } = [];

    /// <summary>What every container has from this process and cannot be rid of, in words; usually nothing.</summary>
    public ImmutableArray<string> Lasting { get; init; } = [];

    /// <summary>The limit, cut to what may be set here.</summary>
    public RlimitSpec Possible(RlimitSpec limit)
    {
        ulong hard = Math.Min(limit.Hard, HighestLimits.GetValueOrDefault(limit.Type, ulong.MaxValue));
        return limit with { Hard = hard, Soft = Math.Min(limit.Soft, hard) };
    }

    /// <summary>The oom_score_adj, raised to what may be written here: lowering it below one's own needs CAP_SYS_RESOURCE.</summary>
    public int PossibleOomScoreAdj(int wish) => Math.Max(wish, LowestOomScoreAdj ?? wish);

    /// <summary>Looks at the kernel, at /proc/self and at init.</summary>
    public static LaunchHost Detect()
    {
        string status = File.ReadAllText("/proc/self/status");
        CapabilitySet available = CapabilitySet.FromStatus(status, "CapBnd:").Intersect(CapabilitySet.FromStatus(status, "CapPrm:"));
        bool unbound = available.Contains(SysResource);
        return new LaunchHost
        {
            OverlayTakesLayersSingly = KernelVersion.Current.IsAtLeast(6, 7),
            Capabilities = available,
            LowestOomScoreAdj = unbound ? null : int.Parse(File.ReadAllText("/proc/self/oom_score_adj"), CultureInfo.InvariantCulture),
            HighestLimits = unbound ? OpenFilesOfTheKernel() : OwnHardLimits(),
            CpusOfInit = Field(status, "Cpus_allowed:") is { } own && Field(File.ReadAllText("/proc/1/status"), "Cpus_allowed:") is { } init && own != init ? Mask(init) : [],
            Lasting = LastingIn(status),
        };
    }

    internal static ImmutableArray<string> LastingIn(string status)
    {
        var lasting = ImmutableArray.CreateBuilder<string>();
        if (Field(status, "NoNewPrivs:") is "1")
        {
            lasting.Add("no_new_privs (setuid programs have no effect)");
        }

        if (Field(status, "Seccomp:") is not (null or "0"))
        {
            lasting.Add("a system call filter");
        }

        return lasting.DrainToImmutable();
    }

    /// <summary>/proc's groups of 8 hexadecimal digits, the highest first, as the kernel's array of bits.</summary>
    internal static ImmutableArray<byte> Mask(string text) =>
    [
        .. Enumerable.Reverse(text.Split(',')).SelectMany(group => BitConverter.GetBytes(uint.Parse(group, NumberStyles.HexNumber, CultureInfo.InvariantCulture))),
    ];

    // Above it the kernel refuses everyone.
    private static FrozenDictionary<string, ulong> OpenFilesOfTheKernel() =>
        new Dictionary<string, ulong>
        {
            [RlimitTypes.OpenFiles] = ulong.Parse(File.ReadAllText("/proc/sys/fs/nr_open"), CultureInfo.InvariantCulture),
        }.ToFrozenDictionary(StringComparer.Ordinal);

    private static FrozenDictionary<string, ulong> OwnHardLimits() =>
        RlimitTypes.Numbers.ToFrozenDictionary(pair => pair.Key, pair => ProcessAttributes.HardLimit(pair.Value), StringComparer.Ordinal);

    private static string? Field(string status, string name) =>
        status.Split('\n').FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?[name.Length..].Trim();
}
