using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Keelson.Oci.Spec;

/// <summary>cgroup limits; null leaves a value alone.</summary>
public sealed record ResourcesSpec
{
    public ImmutableArray<DeviceRuleSpec> Devices { get => field.IsDefault ? [] : field; init; } = [];

    public MemorySpec? Memory { get; init; }

    public CpuSpec? Cpu { get; init; }

    public PidsSpec? Pids { get; init; }

    [JsonPropertyName("blockIO")]
    public BlockIoSpec? BlockIo { get; init; }

    public ImmutableArray<HugepageLimitSpec> HugepageLimits { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>cgroup v2 files and values, written as they are.</summary>
    public ImmutableSortedDictionary<string, string>? Unified { get; init; }
}
