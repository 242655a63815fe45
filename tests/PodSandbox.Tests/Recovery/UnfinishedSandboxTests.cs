using Keelson.Core;
using Keelson.PodSandbox.Tests.Fakes;
using Keelson.Sandboxes;

namespace Keelson.PodSandbox.Tests.Recovery;

/// <summary>A daemon that ends while it makes a sandbox: the next one knows what there may be.</summary>
public sealed class UnfinishedSandboxTests
{
    private const string KubeletsParent = "/kubepods/burstable/pod1234";

    [Theory]
    [InlineData("namespace")]
    [InlineData("network")]
    [InlineData("pause")]
    public async Task All_that_was_made_is_taken_back_also_below_a_cgroup_of_the_kubelets(string stage)
    {
        await using FakeNode node = await FakeNode.StartAsync();
        await DieWhileRunningAsync(node, stage);
        Assert.Contains(node.Cgroups.Groups.Keys, path => path.StartsWith(KubeletsParent, StringComparison.Ordinal));
        Assert.NotEmpty(node.Host.Namespaces);
        Assert.NotEmpty(node.Host.SharedMemories);

        await node.RestartAsync();

        node.AssertNothingIsHeld();
        Assert.Empty(node.Runtime.ListSandboxes(SandboxFilter.All));
        Assert.Empty(Directory.EnumerateFileSystemEntries(node.Layout.Sandboxes.Value, "[0-9a-f]*"));
        Assert.False(Directory.Exists(node.Layout.Quarantine.Value));
        Assert.True(node.Runtime.SandboxStatus(await node.RunAsync(Config(node))).IsReady);
    }

    [Fact]
    public async Task What_cannot_be_taken_back_is_kept_for_stop_and_remove()
    {
        await using FakeNode node = await FakeNode.StartAsync();
        await DieWhileRunningAsync(node, "network");
        node.Network.DetachProblem = "the plugin is gone";

        await node.RestartAsync();

        SandboxSnapshot kept = Assert.Single(node.Runtime.ListSandboxes(SandboxFilter.All));
        Assert.Equal(SandboxState.NotReady, kept.State);
        Assert.Equal(ErrorKind.AlreadyExists, (await Assert.ThrowsAsync<KeelsonException>(() => node.RunAsync(Config(node)))).Kind);
        await Assert.ThrowsAsync<KeelsonException>(() => RemoveAsync(node, kept.Id));

        node.Network.DetachProblem = null;
        await RemoveAsync(node, kept.Id);
        node.AssertNothingIsHeld();
        await node.RunAsync(Config(node));
    }

    [Fact]
    public async Task A_directory_without_an_identity_is_removed()
    {
        await using FakeNode node = await FakeNode.StartAsync();
        await node.Runtime.DisposeAsync();
        HostPath directory = node.Layout.Sandbox(SandboxId.New());
        Directory.CreateDirectory(directory.Value);
        await File.WriteAllTextAsync(RecordFile.In(directory).Value, "{");

        await node.RestartAsync();

        Assert.False(Directory.Exists(directory.Value));
        Assert.False(Directory.Exists(node.Layout.Quarantine.Value));
    }

    [Fact]
    public async Task A_damaged_identity_is_put_aside()
    {
        await using FakeNode node = await FakeNode.StartAsync();
        await node.Runtime.DisposeAsync();
        HostPath directory = node.Layout.Sandbox(SandboxId.New());
        Directory.CreateDirectory(directory.Value);
        await File.WriteAllTextAsync(RecordFile.In(directory).Value, "{\n");

        await node.RestartAsync();

        Assert.Single(Directory.GetDirectories(node.Layout.Quarantine.Value));
    }

    private static SandboxConfig Config(FakeNode node) => node.Sandbox() with { CgroupParent = KubeletsParent };

    private static Task RemoveAsync(FakeNode node, SandboxId id) => node.Runtime.RemoveSandboxAsync(id, CancellationToken.None).WaitAsync(Samples.Patience);

    /// <summary>The run is left where it is and never goes on, as that of a daemon that was killed.</summary>
    private static async Task DieWhileRunningAsync(FakeNode node, string stage)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task Stop()
        {
            reached.TrySetResult();
            return new TaskCompletionSource().Task;
        }

        switch (stage)
        {
            case "namespace":
                node.Host.AfterNamespace = Stop;
                break;
            case "network":
                node.Network.BeforeAttach = Stop;
                break;
            default:
                node.Shims.BeforeLaunch = Stop;
                break;
        }

        _ = node.Runtime.RunSandboxAsync(Config(node), CancellationToken.None);
        await reached.Task.WaitAsync(Samples.Patience);

        // What runs beside the step that does not end gets as far as it can.
        Assert.True(SpinWait.SpinUntil(() => !node.Host.SharedMemories.IsEmpty, Samples.Patience));
        node.Host.AfterNamespace = () => Task.CompletedTask;
        node.Network.BeforeAttach = () => Task.CompletedTask;
        node.Shims.BeforeLaunch = () => Task.CompletedTask;
    }
}
