using Keelson.Core;
using Keelson.Sandboxes;

namespace Keelson.PodSandbox.Tests.Stores;

public sealed class TransitionTests
{
    // Rows: from; columns: to. The table is written out, so that a change of the code shows here.
    private static readonly Dictionary<ContainerState, ContainerState[]> ContainerSteps = new()
    {
        [ContainerState.Created] = [ContainerState.Starting, ContainerState.Removing],
        [ContainerState.Starting] = [ContainerState.Running, ContainerState.Exited, ContainerState.Unknown],
        [ContainerState.Running] = [ContainerState.Exited, ContainerState.Unknown],
        [ContainerState.Exited] = [ContainerState.Removing],
        [ContainerState.Unknown] = [ContainerState.Exited, ContainerState.Removing],
        [ContainerState.Removing] = [],
    };

    private static readonly Dictionary<SandboxState, SandboxState[]> SandboxSteps = new()
    {
        [SandboxState.Ready] = [SandboxState.NotReady],
        [SandboxState.NotReady] = [SandboxState.Removing],
        [SandboxState.Removing] = [],
    };

    [Fact]
    public void Containers_take_the_steps_of_the_drawing_and_no_others()
    {
        foreach (ContainerState from in Enum.GetValues<ContainerState>())
        {
            foreach (ContainerState to in Enum.GetValues<ContainerState>())
            {
                bool expected = from == to || ContainerSteps[from].Contains(to);
                Assert.True(expected == ContainerTransitions.IsAllowed(from, to), $"{from} -> {to}");
            }
        }
    }

    [Fact]
    public void Sandboxes_take_the_steps_of_the_drawing_and_no_others()
    {
        foreach (SandboxState from in Enum.GetValues<SandboxState>())
        {
            foreach (SandboxState to in Enum.GetValues<SandboxState>())
            {
                bool expected = from == to || SandboxSteps[from].Contains(to);
                Assert.True(expected == SandboxTransitions.IsAllowed(from, to), $"{from} -> {to}");
            }
        }
    }

    [Fact]
    public void A_step_that_is_not_there_is_a_failed_precondition_that_names_both_states()
    {
        KeelsonException refused = Assert.Throws<KeelsonException>(
            () => ContainerTransitions.Check(ContainerId.New(), ContainerState.Exited, ContainerState.Running));
        Assert.Equal(ErrorKind.FailedPrecondition, refused.Kind);
        Assert.Contains("Running", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Exited", refused.Message, StringComparison.Ordinal);
    }
}
