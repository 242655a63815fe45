using Keelson.Sandboxes;

namespace Keelson.CriServer.Mapping;

/// <summary>Filters of lists. An absent filter, and an empty one, match everything.</summary>
internal static class FilterMapping
{
    internal static SandboxFilter ToDomain(Cri.PodSandboxFilter? filter) => filter is null ? SandboxFilter.All : new SandboxFilter
    {
        IdPrefix = filter.Id,
        Ready = filter.State is { } state ? state.State == Cri.PodSandboxState.SandboxReady : null,
        Labels = Maps.Of(filter.LabelSelector),
    };

    internal static SandboxFilter ToDomain(Cri.PodSandboxStatsFilter? filter) => filter is null ? SandboxFilter.All : new SandboxFilter
    {
        IdPrefix = filter.Id,
        Labels = Maps.Of(filter.LabelSelector),
    };

    internal static ContainerFilter ToDomain(Cri.ContainerFilter? filter) => filter is null ? ContainerFilter.All : new ContainerFilter
    {
        IdPrefix = filter.Id,
        SandboxIdPrefix = filter.PodSandboxId,
        State = filter.State is { } state ? (ReportedState)state.State : null,
        Labels = Maps.Of(filter.LabelSelector),
    };

    internal static ContainerFilter ToDomain(Cri.ContainerStatsFilter? filter) => filter is null ? ContainerFilter.All : new ContainerFilter
    {
        IdPrefix = filter.Id,
        SandboxIdPrefix = filter.PodSandboxId,
        Labels = Maps.Of(filter.LabelSelector),
    };
}
