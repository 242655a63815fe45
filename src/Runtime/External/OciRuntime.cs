using System.Collections.Immutable;
using Keelson.Core;

namespace Keelson.Oci.External;

/// <summary>
/// An OCI runtime as a program: the command line that runc, crun and runsc share. A container is created and started by
/// two commands, and not by one: between them its process is left to the subreaper above, so that whoever watches it has
/// it before it can end. A runtime that does both at once may reap a short process itself.
/// </summary>
public sealed record OciRuntime
{
    /// <summary>What the program is given of an environment: it looks for helpers of its own.</summary>
    public static ImmutableArray<string> Environment { get; } = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"];

    /// <summary>The program.</summary>
    public required HostPath Program { get; init; }

    /// <summary>Where it keeps what it knows about containers.</summary>
    public required HostPath Root { get; init; }

    /// <summary>Further global options, before the command.</summary>
    public ImmutableArray<string> Options { get; init; } = [];

    /// <summary>Makes a container whose first process waits to be started; the program ends when it does.</summary>
    public ImmutableArray<string> Create(OciBundle bundle, string id) =>
        [.. Global(bundle.Log), "create", "--bundle", bundle.Directory.Value, "--pid-file", bundle.PidFile.Value, id];

    /// <summary>Starts it.</summary>
    public ImmutableArray<string> Start(OciBundle bundle, string id) => [.. Global(bundle.Log), "start", id];

    /// <summary>Runs a further process in a container. The program stays until it ends, and ends with its code.</summary>
    public ImmutableArray<string> Exec(OciExec exec, string id) => [.. Global(exec.Log), "exec", "--process", exec.ProcessFile.Value, id];

    /// <summary>Takes back what it knows and holds of a container, dead or alive.</summary>
    public ImmutableArray<string> Delete(OciBundle bundle, string id) => [.. Global(bundle.Log), "delete", "--force", id];

    /// <summary>Tells what it can do, as the runtime-spec's features document.</summary>
    public ImmutableArray<string> Features() => [Program.Value, .. Options, "features"];

    private ImmutableArray<string> Global(HostPath log) =>
        [Program.Value, "--root", Root.Value, "--log", log.Value, "--log-format", "json", .. Options];
}
