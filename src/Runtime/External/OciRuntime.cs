using System.Collections.Immutable;
using Keelson.Core;

namespace Keelson.Oci.External;

/// <summary>
/// An OCI runtime as a program: the command line that runc, crun and runsc share. One command starts a container and
/// ends, leaving it to the subreaper above; the process ends up where a process launched directly would be.
/// </summary>
public sealed record OciRuntime
{
    /// <summary>The program.</summary>
    public required HostPath Program { get; init; }

    /// <summary>Where it keeps what it knows about containers.</summary>
    public required HostPath Root { get; init; }

    /// <summary>Further global options, before the command.</summary>
    public ImmutableArray<string> Options { get; init; } = [];

    /// <summary>Creates and starts a container; the program ends when it runs.</summary>
    public ImmutableArray<string> Run(OciBundle bundle, string id) =>
        [.. Global(bundle.Log), "run", "--detach", "--bundle", bundle.Directory.Value, "--pid-file", bundle.PidFile.Value, id];

    /// <summary>Starts a further process in a container; the program ends when it runs.</summary>
    public ImmutableArray<string> Exec(OciExec exec, string id) =>
        [.. Global(exec.Log), "exec", "--detach", "--process", exec.ProcessFile.Value, "--pid-file", exec.PidFile.Value, id];

    /// <summary>Takes back what it knows and holds of a container, dead or alive.</summary>
    public ImmutableArray<string> Delete(OciBundle bundle, string id) => [.. Global(bundle.Log), "delete", "--force", id];

    /// <summary>Tells what it can do, as the runtime-spec's features document.</summary>
    public ImmutableArray<string> Features() => [Program.Value, .. Options, "features"];

    private ImmutableArray<string> Global(HostPath log) =>
        [Program.Value, "--root", Root.Value, "--log", log.Value, "--log-format", "json", .. Options];
}
