using System.Collections.Immutable;
using System.Globalization;
using Keelson.Core;
using Keelson.Oci.Capabilities;
using Keelson.Oci.External;
using Keelson.Oci.Launch;
using Keelson.Oci.Launch.Compile;
using Keelson.Oci.Spec;

namespace Keelson.Sandboxes.Host;

/// <summary>
/// Plans that run an OCI runtime. The pod's first process stays the built-in one; containers take over its namespaces by
/// path, which no other process can have while the shim has not reaped it.
/// </summary>
internal sealed class OciPlanMaker(PlanCompiler compiler, LaunchHost host, IPlanMaker builtIn, OciRuntime runtime, StateLayout layout) : IPlanMaker
{
    // Nothing newer is in it, and runtimes refuse what they do not know.
    private const string OldestVersion = "1.0.2";

    private long _execs;

    public CompiledPlan Pause(PauseLaunch launch) => builtIn.Pause(launch);

    public CompiledPlan Container(ContainerLaunch launch)
    {
        RuntimeSpec spec = SpecFor(launch);
        var bundle = new OciBundle(layout.Bundle(launch.Id));
        StateDirectory.Make(bundle.Directory);
        bundle.Write(spec);
        OverlayRoot root = new(launch.LowerDirectories, launch.UpperDirectory, launch.WorkDirectory);
        return Wrap(runtime.Create(bundle, launch.Id.Value), bundle.Log, root) with
        {
            PidFile = bundle.PidFile.Value,
            StartImage = Compile(runtime.Start(bundle, launch.Id.Value), root: null).Image,
        };
    }

    public CompiledPlan Exec(ExecLaunch launch)
    {
        OciExec exec = new OciBundle(layout.Bundle(launch.Id)).Exec(Interlocked.Increment(ref _execs));
        exec.Write(Possible(launch.Process));
        return Wrap(runtime.Exec(exec, launch.Id.Value), exec.Log, root: null) with { Done = exec.Remove };
    }

    private CompiledPlan Wrap(ImmutableArray<string> command, HostPath log, OverlayRoot? root)
    {
        LaunchPlan plan = Compile(command, root);
        return new CompiledPlan(plan.Image, plan.DescribeFailure, plan.Explain)
        {
            Reason = () => OciLog.LastError(log) is { } message ? $"{runtime.Program}: {message}" : null,
        };
    }

    private LaunchPlan Compile(ImmutableArray<string> command, OverlayRoot? root) => compiler.CompileCommand(
        new CommandLaunchContext { Arguments = command, Environment = OciRuntime.Environment, Overlay = root, Root = root?.UpperDirectory.Parent });

    private RuntimeSpec SpecFor(ContainerLaunch launch)
    {
        RuntimeSpec spec = launch.Spec;
        ProcessSpec process = spec.Process!;
        LinuxSpec linux = spec.Linux!;
        Refuse(process.Terminal, "a terminal");
        Refuse(linux.RootfsPropagation is "shared" or "rshared", "mounts that spread to the node");
        return spec with
        {
            OciVersion = OldestVersion,
            Process = Possible(process),
            Annotations = launch.Annotations,
            Linux = linux with
            {
                CgroupsPath = launch.CgroupPath,
                Resources = launch.Resources,
                Namespaces = [.. linux.Namespaces, .. launch.Joined.Select(type => new NamespaceSpec(type, PathOf(type, launch.TargetPid)))],
            },
        };
    }

    /// <summary>The process as this node can have it: the built-in launcher clamps likewise, other runtimes fail.</summary>
    private ProcessSpec Possible(ProcessSpec process) => process with
    {
        Capabilities = process.Capabilities is { } wanted ? Possible(wanted) : null,
        Rlimits = [.. process.Rlimits.Select(host.Possible)],
        OomScoreAdj = process.OomScoreAdj is { } score ? host.PossibleOomScoreAdj(score) : null,
    };

    private CapabilitiesSpec Possible(CapabilitiesSpec wanted) => wanted with
    {
        Bounding = Possible(wanted.Bounding),
        Effective = Possible(wanted.Effective),
        Permitted = Possible(wanted.Permitted),
        Ambient = Possible(wanted.Ambient),
    };

    private ImmutableArray<string> Possible(ImmutableArray<string> names) =>
        names.RemoveAll(name => CapabilityTable.TryGetNumber(name, out int number) && !host.Capabilities.Contains(number));

    private static string PathOf(string type, int pid) =>
        string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/ns/{(type == NamespaceTypes.Network ? "net" : type == NamespaceTypes.Mount ? "mnt" : type)}");

    private void Refuse(bool wanted, string what)
    {
        if (wanted)
        {
            throw new KeelsonException(ErrorKind.Unimplemented, $"{what} with the OCI runtime '{runtime.Program}': only the built-in one does that so far");
        }
    }
}
