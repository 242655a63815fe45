namespace Keelson.Sandboxes.Spec;

/// <summary>Paths of /proc and /sys that are hidden or read-only. The kubelet says which; an empty list means none.</summary>
internal sealed class PathsContributor : ISpecContributor
{
    public void Contribute(SpecDraft draft, SpecInputs inputs)
    {
        if (inputs.Privileged)
        {
            return;
        }

        draft.Linux = draft.Linux with
        {
            MaskedPaths = inputs.Config.Security.MaskedPaths,
            ReadonlyPaths = inputs.Config.Security.ReadonlyPaths,
        };
    }
}
