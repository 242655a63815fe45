using System.Collections.Immutable;

namespace Keelson.Sandboxes.Spec;

/// <summary>Paths of /proc and /sys that are hidden or read-only. The kubelet says which; an empty list means none.</summary>
internal sealed class PathsContributor : ISpecContributor
{
    /// <summary>
    /// The meters below tell what other containers compute (GHSA-7ww5-4wqc-m92c). Not every kubelet names them,
    /// so they are hidden wherever anything is.
    /// </summary>
    internal const string PowerMeters = "/sys/devices/virtual/powercap";

    public void Contribute(SpecDraft draft, SpecInputs inputs)
    {
        if (inputs.Privileged)
        {
            return;
        }

        ImmutableArray<string> masked = inputs.Config.Security.MaskedPaths;
        draft.Linux = draft.Linux with
        {
            MaskedPaths = masked.IsEmpty || masked.Contains(PowerMeters) ? masked : masked.Add(PowerMeters),
            ReadonlyPaths = inputs.Config.Security.ReadonlyPaths,
        };
    }
}
