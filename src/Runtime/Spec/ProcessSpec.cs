using System.Collections.Immutable;

namespace Keelson.Oci.Spec;

/// <summary>The process to run.</summary>
public sealed record ProcessSpec
{
    public bool Terminal { get; init; }

    public ConsoleSizeSpec? ConsoleSize { get; init; }

    public UserSpec User { get => field ?? new UserSpec(); init; } = new();

    public ImmutableArray<string> Args { get => field.IsDefault ? [] : field; init; } = [];

    public ImmutableArray<EnvironmentEntry> Env { get => field.IsDefault ? [] : field; init; } = [];

    public string Cwd { get => field ?? "/"; init; } = "/";

    public CapabilitiesSpec? Capabilities { get; init; }

    public ImmutableArray<RlimitSpec> Rlimits { get => field.IsDefault ? [] : field; init; } = [];

    public bool NoNewPrivileges { get; init; }

    public string? ApparmorProfile { get; init; }

    public int? OomScoreAdj { get; init; }

    public string? SelinuxLabel { get; init; }
}
