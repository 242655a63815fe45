namespace Keelson.CriTest.Sandboxes;

public sealed class SandboxListTests(CriTarget target) : CriTest(target)
{
    [Fact]
    public async Task An_item_has_what_the_status_has()
    {
        Pod pod = await RunPodAsync();

        Cri.PodSandbox item = Assert.Single(await ListAsync(new() { Id = pod.Id }));
        Cri.PodSandboxStatus status = await PodStatusAsync(pod.Id);
        Assert.Equal(pod.Id, item.Id);
        Assert.Equal(pod.Config.Metadata, item.Metadata);
        Assert.Equal(pod.Config.Labels, item.Labels);
        Assert.Equal(pod.Config.Annotations, item.Annotations);
        Assert.Equal(status.CreatedAt, item.CreatedAt);
        Assert.Equal(status.State, item.State);
    }

    [Fact]
    public async Task A_shortened_id_is_enough()
    {
        Pod pod = await RunPodAsync();

        Assert.Equal(pod.Id, Assert.Single(await ListAsync(new() { Id = pod.Id[..13] })).Id);
    }

    [Fact]
    public async Task An_unknown_id_gives_an_empty_list()
    {
        Assert.Empty(await ListAsync(new() { Id = "feedfacefeedface" }));
    }

    [Fact]
    public async Task States_are_told_apart()
    {
        Pod stopped = await RunPodAsync();
        Pod ready = await RunPodAsync();
        await Client.StopPodSandboxAsync(new() { PodSandboxId = stopped.Id });

        string[] readies = [.. (await ListAsync(new() { State = new() { State = Cri.PodSandboxState.SandboxReady } })).Select(item => item.Id)];
        string[] stoppeds = [.. (await ListAsync(new() { State = new() { State = Cri.PodSandboxState.SandboxNotready } })).Select(item => item.Id)];

        Assert.Contains(ready.Id, readies);
        Assert.DoesNotContain(stopped.Id, readies);
        Assert.Contains(stopped.Id, stoppeds);
        Assert.DoesNotContain(ready.Id, stoppeds);
    }

    [Fact]
    public async Task Conditions_must_all_hold()
    {
        Pod pod = await RunPodAsync(config => config.Labels.Add("colour", "green"));
        string uid = pod.Config.Metadata.Uid;

        Assert.Single(await ListAsync(new() { LabelSelector = { ["io.kubernetes.pod.uid"] = uid, ["colour"] = "green" } }));
        Assert.Empty(await ListAsync(new() { LabelSelector = { ["io.kubernetes.pod.uid"] = uid, ["colour"] = "red" } }));
        Assert.Empty(await ListAsync(new() { Id = pod.Id, LabelSelector = { ["absent"] = "" } }));
        Assert.Empty(await ListAsync(new()
        {
            LabelSelector = { ["io.kubernetes.pod.uid"] = uid },
            State = new() { State = Cri.PodSandboxState.SandboxNotready },
        }));
    }

    private async Task<IReadOnlyList<Cri.PodSandbox>> ListAsync(Cri.PodSandboxFilter filter) =>
        (await Client.ListPodSandboxAsync(new() { Filter = filter })).Items;
}
