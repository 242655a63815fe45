namespace Keelson.Sandboxes.Spec;

/// <summary>CRI request to runtime-spec: each concept in a file of its own, in this order.</summary>
internal static class SpecBuilder
{
    private static readonly ISpecContributor[] Contributors =
    [
        new NamespacesContributor(),
        new CommandContributor(),
        new EnvironmentContributor(),
        new PrivilegesContributor(),
        new RlimitsContributor(),
        new MountsContributor(),
        new PathsContributor(),
        new DevicesContributor(),
        new ResourcesContributor(),
        new CdiContributor(),
    ];

    /// <exception cref="Core.KeelsonException">InvalidArgument, KubeletToken, Unimplemented, NotFound (a device or profile).</exception>
    internal static BuiltSpec Build(SpecInputs inputs)
    {
        var draft = new SpecDraft();
        foreach (ISpecContributor contributor in Contributors)
        {
            contributor.Contribute(draft, inputs);
        }

        return draft.Build();
    }
}
