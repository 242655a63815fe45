using Keelson.Core;

namespace Keelson.Sandboxes;

/// <summary>What never changes about a sandbox.</summary>
/// <param name="Id">Its identifier.</param>
/// <param name="Config">What was asked for.</param>
/// <param name="CreatedAtNanoseconds">Unix time; persisted, as the kubelet sorts by it.</param>
/// <param name="BootId">The boot it was made in: in another one its namespaces are gone.</param>
public sealed record SandboxIdentity(SandboxId Id, SandboxConfig Config, long CreatedAtNanoseconds, string BootId);
