using System.Collections.Immutable;
using Keelson.Oci.Cgroups;
using Keelson.Sandboxes.Cni;
using Keelson.Sandboxes.Host;
using Keelson.Sandboxes.Spec;
using Microsoft.Extensions.Logging;

namespace Keelson.Sandboxes;

/// <summary>What the runtime stands on; tests bring their own.</summary>
internal sealed record PodRuntimeParts(
    IHostResources Host, IShimHost Shims, IPodNetwork Network, ICgroups Cgroups, IPlanMaker Plans, ISeccompProfiles Seccomp, ILogger Log)
{
    public ImmutableDictionary<string, IPlanMaker> HandlerPlans { get; init; } = ImmutableDictionary<string, IPlanMaker>.Empty;
}
