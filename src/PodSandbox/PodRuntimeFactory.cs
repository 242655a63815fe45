using System.Collections.Immutable;
using Keelson.Oci.Cgroups;
using Keelson.Oci.Launch;
using Keelson.Oci.Launch.Compile;
using Keelson.Oci.Shims;
using Keelson.Sandboxes.Cdi;
using Keelson.Sandboxes.Cni;
using Keelson.Sandboxes.Host;
using Keelson.Sandboxes.Spec;
using Keelson.Sandboxes.Stats;
using Microsoft.Extensions.Logging;

namespace Keelson.Sandboxes;

/// <summary>Puts a <see cref="PodRuntime"/> together.</summary>
public static partial class PodRuntimeFactory
{
    /// <summary>A runtime on the running kernel; <see cref="PodRuntime.RecoverAsync"/> comes next.</summary>
    /// <exception cref="Core.KeelsonException">The node lacks what is needed.</exception>
    public static PodRuntime Create(PodRuntimeOptions options, ILoggerFactory loggers)
    {
        var layout = new StateLayout(options.Root, options.State);
        CgroupLayout cgroups = CgroupLayout.Detect();
        LaunchHost host = LaunchHost.Detect();
        ILogger log = loggers.CreateLogger("Keelson.Sandboxes");
        foreach (string lasting in host.Lasting)
        {
            LogLasting(log, lasting);
        }

        var compiler = new PlanCompiler(host);
        var plans = new PlanMaker(compiler, cgroups);
        return Create(options, new PodRuntimeParts(
            new LinuxHostResources(),
            new ShimHost(new ShimProgram(options.ShimBinary), layout),
            new CniPodNetwork(new CniOptions
            {
                ConfigDirectory = options.CniConfigDirectory,
                PluginDirectories = options.CniPluginDirectories,
                CacheDirectory = layout.CniCache,
                AddDeadline = options.CniAddDeadline,
                DelDeadline = options.CniDelDeadline,
            }),
            new Oci.Cgroups.Cgroups(cgroups, TimeProvider.System),
            plans,
            new SeccompProfiles(options.SeccompProfiles),
            log)
        {
            HandlerPlans = options.RuntimeHandlers.ToImmutableDictionary(
                handler => handler.Key, IPlanMaker (handler) => new OciPlanMaker(compiler, host, plans, handler.Value.Runtime, layout)),
        });
    }

    internal static PodRuntime Create(PodRuntimeOptions options, PodRuntimeParts parts)
    {
        var layout = new StateLayout(options.Root, options.State);
        var pod = new PodContext
        {
            Options = options,
            Layout = layout,
            Sandboxes = new SandboxStore(layout),
            Containers = new ContainerStore(layout),
            Host = parts.Host,
            Network = parts.Network,
            Cgroups = parts.Cgroups,
            Plans = parts.Plans,
            HandlerPlans = parts.HandlerPlans,
            HandlerFeatures = new HandlerFeatures(options.RuntimeHandlers.Values),
            Seccomp = parts.Seccomp,
            Cdi = new CdiDevices(options.CdiSpecDirectories, parts.Log),
            NetworkNamespaces = new NetworkNamespaceNames(options.NetworkNamespaces, options.State),
            WritableLayers = new WritableLayers(layout, parts.Host),
            Log = parts.Log,
        };
        pod.OciLeftovers = new OciLeftovers(pod);
        var exits = new ContainerExits(pod);
        pod.ShimGroup = new ShimGroup(parts.Cgroups, CgroupPath.Parse(options.CgroupParent), parts.Log);
        pod.Shims = new PodShims(parts.Shims, exits, pod.ShimGroup, options.ReconnectDeadline, parts.Log);
        pod.Spare = new SpareShim(pod.Shims, options.SpareShim ? options.SpareShimDelay : null, options.ReconnectDeadline, parts.Log);
        return new PodRuntime(pod, exits);
    }

    [LoggerMessage(7063, LogLevel.Warning, "The daemon was started with {What}: every container has it too, privileged ones as well")]
    private static partial void LogLasting(ILogger log, string what);
}
