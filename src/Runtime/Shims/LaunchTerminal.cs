namespace Keelson.Oci.Shims;

/// <summary>What a process has as its streams instead of pipes.</summary>
public enum LaunchTerminal
{
    /// <summary>No terminal.</summary>
    None,

    /// <summary>A terminal of the host's devpts.</summary>
    OfHost,

    /// <summary>A terminal of an instance of its own, whose mount the plan gets as its first extra descriptor.</summary>
    OfContainer,
}
