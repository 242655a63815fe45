using System.Collections.Immutable;

namespace Keelson.Sandboxes;

/// <summary>What changes about a sandbox; see <see cref="SandboxState"/>.</summary>
public sealed record SandboxStatus
{
    public required SandboxState State { get; init; }

    /// <summary>Addresses, the primary one first; empty with the host's network and after the network is gone.</summary>
    public ImmutableArray<string> Addresses { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>Host process id of pause, for people; 0 when it does not run.</summary>
    public int PausePid { get; init; }

    /// <summary>Where the network namespace is pinned; empty with the host's network.</summary>
    public string NetworkNamespacePath { get => field ?? string.Empty; init; } = string.Empty;

    /// <summary>False once CNI DEL has succeeded, or when there was no ADD.</summary>
    public bool NetworkAttached { get; init; }

    /// <summary>Pause, shim, files and namespaces are gone; a stop has nothing more to do.</summary>
    public bool Released { get; init; }

    /// <summary>As last updated; null until then, when the configuration's holds.</summary>
    public LinuxResources? Overhead { get; init; }

    /// <summary>As <see cref="Overhead"/>.</summary>
    public LinuxResources? Resources { get; init; }
}
