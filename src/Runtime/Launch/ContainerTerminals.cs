using System.Collections.Immutable;

namespace Keelson.Oci.Launch;

/// <summary>The devpts of a container whose first process has a terminal: the shim makes it, for the master is the shim's.</summary>
public static class ContainerTerminals
{
    /// <summary>
    /// The one set of options there is: anyone may make a terminal, its user may use it, and group 5 (tty) may write to it.
    /// </summary>
    public static ImmutableArray<string> MountOptions { get; } = ["newinstance", "ptmxmode=0666", "mode=0620", "gid=5"];
}
