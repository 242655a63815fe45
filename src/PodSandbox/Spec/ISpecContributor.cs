namespace Keelson.Sandboxes.Spec;

/// <summary>Puts one concept into a runtime-spec.</summary>
internal interface ISpecContributor
{
    /// <exception cref="Core.KeelsonException">InvalidArgument: the request contradicts itself; KubeletToken; Unimplemented.</exception>
    void Contribute(SpecDraft draft, SpecInputs inputs);
}
