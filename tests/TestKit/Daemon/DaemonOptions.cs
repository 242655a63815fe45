namespace Keelson.TestKit;

/// <summary>How a daemon of a test differs from the usual one.</summary>
public sealed record DaemonOptions
{
    /// <summary>No CNI configuration: the network must be reported as not ready.</summary>
    public bool WithoutNetwork { get; init; }

    /// <summary>Whether it keeps a shim in reserve, which a test that counts what is left would have to know apart.</summary>
    public bool SpareShim { get; init; }

    /// <summary>Further text of the configuration file, written below what the fixture writes.</summary>
    public string Configuration { get; init; } = "";

    /// <summary>Where plugins are looked for; null for Debian's directory.</summary>
    public string? PluginDirectory { get; init; }

    /// <summary>How long plugins may take; null for the default.</summary>
    public string? NetworkTimeout { get; init; }

    /// <summary>The CNI configuration list; null for bridge, host-local and portmap on a subnet of this daemon's own.</summary>
    public string? NetworkConfiguration { get; init; }

    /// <summary>The state that survives a reboot; null for a directory of this daemon's own.</summary>
    public string? Root { get; init; }

    /// <summary>The umask it is started with, in octal digits; null for the test's own.</summary>
    public string? Umask { get; init; }

    /// <summary>The state that does not; null for a directory of this daemon's own, on whatever file system that is.</summary>
    public string? State { get; init; }
}
