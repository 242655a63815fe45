using Keelson.Core;

namespace Keelson.Sandboxes;

/// <summary>Which steps <see cref="ContainerState"/> allows.</summary>
internal static class ContainerTransitions
{
    internal static bool IsAllowed(ContainerState from, ContainerState to) => (from, to) switch
    {
        _ when from == to => true,
        (ContainerState.Created, ContainerState.Starting or ContainerState.Removing) => true,
        (ContainerState.Starting, ContainerState.Running or ContainerState.Exited or ContainerState.Unknown) => true,
        (ContainerState.Running, ContainerState.Exited or ContainerState.Unknown) => true,
        (ContainerState.Unknown, ContainerState.Exited or ContainerState.Removing) => true,
        (ContainerState.Exited, ContainerState.Removing) => true,
        _ => false,
    };

    internal static bool CanStart(ContainerState state) => state == ContainerState.Created;

    /// <summary>Whether a process may be there.</summary>
    internal static bool MayRun(ContainerState state) => state is ContainerState.Starting or ContainerState.Running or ContainerState.Unknown;

    internal static void Check(ContainerId id, ContainerState from, ContainerState to)
    {
        if (!IsAllowed(from, to))
        {
            throw new KeelsonException(ErrorKind.FailedPrecondition, $"container {id.Short}: cannot become {to}, it is {from}");
        }
    }
}
