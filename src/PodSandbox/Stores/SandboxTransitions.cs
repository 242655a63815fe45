using Keelson.Core;

namespace Keelson.Sandboxes;

/// <summary>Which steps <see cref="SandboxState"/> allows.</summary>
internal static class SandboxTransitions
{
    internal static bool IsAllowed(SandboxState from, SandboxState to) => (from, to) switch
    {
        _ when from == to => true,
        (SandboxState.Ready, SandboxState.NotReady) => true,
        (SandboxState.NotReady, SandboxState.Removing) => true,
        _ => false,
    };

    internal static void Check(SandboxId id, SandboxState from, SandboxState to)
    {
        if (!IsAllowed(from, to))
        {
            throw new KeelsonException(ErrorKind.FailedPrecondition, $"sandbox {id.Short}: cannot become {to}, it is {from}");
        }
    }
}
