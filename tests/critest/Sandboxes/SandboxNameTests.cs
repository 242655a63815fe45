namespace Keelson.CriTest.Sandboxes;

public sealed class SandboxNameTests(CriTarget target) : CriTest(target)
{
    [SkippableFact]
    public async Task The_same_name_twice_is_refused_or_gives_the_same_sandbox()
    {
        Pod pod = await RunPodAsync();

        try
        {
            Cri.RunPodSandboxResponse again = await Client.RunPodSandboxAsync(new() { Config = pod.Config });
            Assert.Equal(pod.Id, again.PodSandboxId);
        }
        catch (CriException e)
        {
            Assert.Contains(e.Status, (CriStatus[])[CriStatus.AlreadyExists, CriStatus.Unknown, CriStatus.FailedPrecondition]);
        }

        Assert.Single((await Client.ListPodSandboxAsync(new() { Filter = new() { LabelSelector = { ["io.kubernetes.pod.uid"] = pod.Config.Metadata.Uid } } })).Items);
    }

    [Fact]
    public async Task The_next_attempt_is_another_sandbox()
    {
        Pod first = await RunPodAsync();
        await Client.StopPodSandboxAsync(new() { PodSandboxId = first.Id });
        Cri.PodSandboxConfig next = first.Config.Clone();
        next.Metadata.Attempt = 1;

        Pod second = await RunPodAsync(next);

        Assert.NotEqual(first.Id, second.Id);
        Assert.Equal(Cri.PodSandboxState.SandboxNotready, (await PodStatusAsync(first.Id)).State);
        Assert.Equal(Cri.PodSandboxState.SandboxReady, (await PodStatusAsync(second.Id)).State);
    }

    [Fact]
    public async Task A_name_is_free_again_after_the_removal()
    {
        Pod first = await RunPodAsync();
        await Client.StopPodSandboxAsync(new() { PodSandboxId = first.Id });
        await Client.RemovePodSandboxAsync(new() { PodSandboxId = first.Id });

        Pod second = await RunPodAsync(first.Config);

        Assert.NotEqual(first.Id, second.Id);
    }
}
