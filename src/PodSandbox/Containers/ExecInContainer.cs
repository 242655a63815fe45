using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Keelson.Core;
using Keelson.Oci.Shims;
using Keelson.Sandboxes.Host;
using Keelson.Sandboxes.Spec;

namespace Keelson.Sandboxes;

/// <summary>ExecSync: a command with the container's namespaces, groups, user and filters.</summary>
internal sealed class ExecInContainer(PodContext pod)
{
    internal async Task<ExecSyncResult> RunAsync(
        ContainerId id, ImmutableArray<string> command, TimeSpan timeout, CancellationToken cancellationToken)
    {
        ContainerEntry entry = pod.Containers.Get(id);
        ContainerSnapshot container = entry.Snapshot;
        if (container.State != ContainerState.Running)
        {
            throw new KeelsonException(ErrorKind.FailedPrecondition, $"exec in container {id.Short}: it is {container.State}, not Running");
        }

        if (command.IsEmpty || command.Any(word => word.Contains('\0')))
        {
            throw new KeelsonException(ErrorKind.InvalidArgument, $"exec in container {id.Short}: the command is empty or has a NUL character");
        }

        SandboxSnapshot sandbox = pod.Sandboxes.Get(container.SandboxId).Snapshot;
        BuiltSpec built = entry.Spec ??= pod.SpecOf(container.Identity, sandbox, container.Status.Resources);
        CompiledPlan plan = pod.PlansOf(sandbox.Config).Exec(new ExecLaunch
        {
            Id = id,
            Process = built.Runtime.Process! with { Args = command, Terminal = false },
            Container = built.Runtime,
            Placement = pod.CgroupOf(container.Identity, sandbox.Config).PlacementBeside(container.Status.Pid),
        });
        ExecSyncOutcome outcome;
        try
        {
            outcome = await pod.Shims.Get(container.SandboxId).ExecSyncAsync(
                new ExecSyncRequest
                {
                    TargetProcessId = id.Value,
                    Plan = plan.Image,
                    Timeout = timeout < TimeSpan.Zero ? TimeSpan.Zero : timeout,
                },
                cancellationToken);
            if (!outcome.Launch.Launched)
            {
                throw LaunchFailure.Of(outcome.Launch, plan, $"exec in container {id.Short}: ");
            }

            if (outcome.ExitCode != 0 && !outcome.TimedOut && plan.Reason() is { } reason)
            {
                throw new KeelsonException(ErrorKind.Internal, $"exec in container {id.Short}: {reason}");
            }
        }
        finally
        {
            plan.Done();
        }

        return outcome.TimedOut
            ? throw new KeelsonException(
                ErrorKind.DeadlineExceeded, $"exec in container {id.Short}: command timed out after {timeout.TotalSeconds:0.###} s and was killed")
            : new ExecSyncResult(
                outcome.ExitCode,
                ImmutableCollectionsMarshal.AsArray(outcome.Stdout),
                ImmutableCollectionsMarshal.AsArray(outcome.Stderr));
    }
}
