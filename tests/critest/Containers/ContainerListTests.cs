namespace Keelson.CriTest.Containers;

public sealed class ContainerListTests(CriTarget target) : CriTest(target)
{
    [Fact]
    public async Task An_item_has_what_the_status_has()
    {
        Pod pod = await RunHostNetworkPodAsync();
        string id = await StartSleeperAsync(pod);

        Cri.Container item = Assert.Single(await ListAsync(new() { Id = id }));
        Cri.ContainerStatus status = await StatusAsync(id);
        Assert.Equal(id, item.Id);
        Assert.Equal(pod.Id, item.PodSandboxId);
        Assert.Equal(status.Metadata, item.Metadata);
        Assert.Equal(status.Labels, item.Labels);
        Assert.Equal(status.Annotations, item.Annotations);
        Assert.Equal(status.CreatedAt, item.CreatedAt);
        Assert.Equal(Cri.ContainerState.ContainerRunning, item.State);
        Assert.NotEmpty(item.Image.Image);
        Assert.NotEmpty(item.ImageRef);
    }

    [Fact]
    public async Task A_shortened_id_is_enough()
    {
        Pod pod = await RunHostNetworkPodAsync();
        string id = await CreateAsync(pod, Shell("true"));

        Assert.Equal(id, Assert.Single(await ListAsync(new() { Id = id[..13] })).Id);
    }

    [Fact]
    public async Task An_unknown_id_gives_an_empty_list()
    {
        Assert.Empty(await ListAsync(new() { Id = "feedfacefeedface" }));
        Assert.Empty(await ListAsync(new() { PodSandboxId = "feedfacefeedface" }));
    }

    [Fact]
    public async Task States_and_pods_and_labels_are_told_apart()
    {
        Pod pod = await RunHostNetworkPodAsync();
        Pod other = await RunHostNetworkPodAsync();
        string created = await CreateAsync(pod, Shell("true"), config => config.Labels.Add("colour", "green"));
        string running = await StartSleeperAsync(pod, config => config.Labels.Add("colour", "red"));
        string exited = (await RunAsync(pod, "true")).Id;
        string elsewhere = await CreateAsync(other, Shell("true"));

        Assert.Equal([created, running, exited], await IdsAsync(new() { PodSandboxId = pod.Id }), EqualityOfSets);
        Assert.Equal([elsewhere], await IdsAsync(new() { PodSandboxId = other.Id }));
        Assert.Equal([created], await IdsAsync(new() { PodSandboxId = pod.Id, State = State(Cri.ContainerState.ContainerCreated) }));
        Assert.Equal([running], await IdsAsync(new() { PodSandboxId = pod.Id, State = State(Cri.ContainerState.ContainerRunning) }));
        Assert.Equal([exited], await IdsAsync(new() { PodSandboxId = pod.Id, State = State(Cri.ContainerState.ContainerExited) }));
        Assert.Equal([running], await IdsAsync(new() { PodSandboxId = pod.Id, LabelSelector = { ["colour"] = "red" } }));
        Assert.Empty(await IdsAsync(new() { Id = running, PodSandboxId = other.Id }));
        Assert.Empty(await IdsAsync(new() { Id = running, LabelSelector = { ["colour"] = "green" } }));
    }

    [Fact]
    public async Task A_hundred_containers_are_listed()
    {
        Pod pod = await RunHostNetworkPodAsync();
        for (int count = 0; count < 100; count++)
        {
            await CreateAsync(pod, Shell("true"));
        }

        Assert.Equal(100, (await ListAsync(new() { PodSandboxId = pod.Id })).Count);
    }

    private static bool EqualityOfSets(IEnumerable<string> one, IEnumerable<string> two) => one.ToHashSet().SetEquals(two);

    private static Cri.ContainerStateValue State(Cri.ContainerState state) => new() { State = state };

    private async Task<IEnumerable<string>> IdsAsync(Cri.ContainerFilter filter) => (await ListAsync(filter)).Select(item => item.Id);

    private async Task<IReadOnlyList<Cri.Container>> ListAsync(Cri.ContainerFilter filter) =>
        (await Client.ListContainersAsync(new() { Filter = filter })).Containers;
}
