namespace Keelson.Sandboxes;

/// <summary>The CRI's view of <see cref="ContainerState"/>.</summary>
public static class ReportedStates
{
    /// <summary>What a list and a status say.</summary>
    public static ReportedState Of(ContainerState state) => state switch
    {
        ContainerState.Created or ContainerState.Starting => ReportedState.Created,
        ContainerState.Running => ReportedState.Running,
        ContainerState.Exited or ContainerState.Removing => ReportedState.Exited,
        _ => ReportedState.Unknown,
    };
}
