using System.Collections.Immutable;
using Keelson.Core;
using Keelson.Oci.Cgroups;
using Keelson.Sandboxes.Cdi;
using Keelson.Sandboxes.Cni;
using Keelson.Sandboxes.Events;
using Keelson.Sandboxes.Host;
using Keelson.Sandboxes.Spec;
using Keelson.Sandboxes.Stats;
using Keelson.Sandboxes.Users;
using Microsoft.Extensions.Logging;

namespace Keelson.Sandboxes;

/// <summary>What the operations share.</summary>
internal sealed class PodContext
{
    internal required PodRuntimeOptions Options { get; init; }

    internal required StateLayout Layout { get; init; }

    internal required SandboxStore Sandboxes { get; init; }

    internal required ContainerStore Containers { get; init; }

    internal required IHostResources Host { get; init; }

    internal required IPodNetwork Network { get; init; }

    internal required ICgroups Cgroups { get; init; }

    internal required IPlanMaker Plans { get; init; }

    internal required ILogger Log { get; init; }

    /// <summary>Of the handlers besides the built-in one.</summary>
    internal ImmutableDictionary<string, IPlanMaker> HandlerPlans { get; init; } = ImmutableDictionary<string, IPlanMaker>.Empty;

    internal required HandlerFeatures HandlerFeatures { get; init; }

    /// <summary>Set once, as it needs the context.</summary>
    internal OciLeftovers OciLeftovers { get; set; } = null!;

    /// <summary>Set once, as the shims report to what the context is for.</summary>
    internal PodShims Shims { get; set; } = null!;

    /// <summary>Set with <see cref="Shims"/>.</summary>
    internal ShimGroup ShimGroup { get; set; } = null!;

    /// <summary>Set with <see cref="Shims"/>.</summary>
    internal SpareShim Spare { get; set; } = null!;

    internal required ISeccompProfiles Seccomp { get; init; }

    internal required CdiDevices Cdi { get; init; }

    internal required NetworkNamespaceNames NetworkNamespaces { get; init; }

    internal required WritableLayers WritableLayers { get; init; }

    internal ImageFiles ImageFiles { get; } = new();

    internal EventHub Events { get; } = new();

    internal NamedJobs<SandboxId> SandboxNames { get; } = new("sandbox");

    internal NamedJobs<ContainerId> ContainerNames { get; } = new("container");

    internal JoinedWork Work { get; } = new();

    /// <summary>Taken before a container's.</summary>
    internal KeyedLock<SandboxId> SandboxLocks { get; } = new();

    internal KeyedLock<ContainerId> ContainerLocks { get; } = new();

    /// <summary>As the kubelet announced it.</summary>
    internal string PodCidr { get; set; } = string.Empty;

    internal CgroupPath ParentOf(SandboxConfig config) =>
        CgroupPath.Parse(config.CgroupParent.Length > 0 ? config.CgroupParent : Options.CgroupParent);

    internal ICgroup CgroupOf(SandboxIdentity sandbox) => Cgroups.Get(ParentOf(sandbox.Config).Child(sandbox.Id.Value));

    internal ICgroup CgroupOf(ContainerIdentity container, SandboxConfig sandbox) => Cgroups.Get(ParentOf(sandbox).Child(container.Id.Value));

    /// <summary>Who launches the pod's containers.</summary>
    /// <exception cref="KeelsonException">FailedPrecondition: the handler was configured when the pod was made, and is no more.</exception>
    internal IPlanMaker PlansOf(SandboxConfig sandbox) => sandbox.RuntimeHandler.Length == 0
        ? Plans
        : HandlerPlans.GetValueOrDefault(sandbox.RuntimeHandler) ?? throw new KeelsonException(
            ErrorKind.FailedPrecondition, $"runtime handler '{sandbox.RuntimeHandler}' of the sandbox is not configured any more");

    internal ImmutableSortedDictionary<string, string> AnnotationsOf(ContainerIdentity container, SandboxConfig sandbox) =>
        Options.RuntimeHandlers.GetValueOrDefault(sandbox.RuntimeHandler)?.Allowed(sandbox.Annotations, container.Config.Annotations)
        ?? ImmutableSortedDictionary<string, string>.Empty;

    /// <exception cref="KeelsonException">As <see cref="SpecBuilder"/>.</exception>
    internal BuiltSpec SpecOf(ContainerIdentity container, SandboxSnapshot sandbox, LinuxResources resources) => SpecBuilder.Build(new SpecInputs
    {
        Config = container.Config,
        Sandbox = sandbox,
        Image = container.Image,
        VolumeImages = container.VolumeImages,
        Volumes = Layout.Volumes(container),
        User = container.User,
        Resources = resources,
        PodDirectory = Layout.Pod(sandbox.Id),
        SharedMemory = Layout.SharedMemory(sandbox.Id),
        RootDirectory = Layout.Writable(container.Id),
        Seccomp = Seccomp,
        Rlimits = Options.DefaultRlimits,
        Cdi = container.Cdi,
    });

    internal void Publish(PodEventKind kind, SandboxSnapshot? sandbox, ContainerSnapshot? container = null) =>
        Events.Publish(new PodEvent(kind, sandbox, container, Host.Now()));
}
