namespace Keelson.Sandboxes.Spec;

/// <summary>Resource limits of the node's configuration: the CRI has no words for them.</summary>
internal sealed class RlimitsContributor : ISpecContributor
{
    public void Contribute(SpecDraft draft, SpecInputs inputs) => draft.Process = draft.Process with { Rlimits = inputs.Rlimits };
}
