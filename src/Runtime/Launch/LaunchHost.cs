using System.Globalization;
using Keelson.Linux;
using Keelson.Oci.Capabilities;

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

    /// <summary>Looks at the kernel and at /proc/self.</summary>
    public static LaunchHost Detect()
    {
        string status = File.ReadAllText("/proc/self/status");
        CapabilitySet available = CapabilitySet.FromStatus(status, "CapBnd:").Intersect(CapabilitySet.FromStatus(status, "CapPrm:"));
        return new LaunchHost
        {
            OverlayTakesLayersSingly = KernelVersion.Current.IsAtLeast(6, 7),
            Capabilities = available,
            LowestOomScoreAdj = available.Contains(SysResource) ? null : int.Parse(File.ReadAllText("/proc/self/oom_score_adj"), CultureInfo.InvariantCulture),
        };
    }
}
