namespace Keelson.CriTest.ImageService;

public sealed class ImageTests(CriTarget target) : CriTest(target)
{
    private const string UnknownId = "sha256:feedfacefeedfacefeedfacefeedfacefeedfacefeedfacefeedfacefeedface";

    [Fact]
    public async Task A_pull_returns_the_images_id()
    {
        string pulled = (await Target.PullAsync(Target.ImageName)).ImageRef;

        Assert.Equal(pulled, (await FindAsync(Target.ImageName))?.Id);
    }

    [Fact]
    public async Task An_image_is_described()
    {
        Cri.Image image = (await FindAsync(Target.ImageName))!;

        Assert.Matches("^(sha256:)?[0-9a-f]{64}$", image.Id);
        Assert.Contains(Target.ImageName, image.RepoTags);
        Assert.NotEmpty(image.RepoDigests);
        Assert.All(image.RepoDigests, digest => Assert.Matches("@sha256:[0-9a-f]{64}$", digest));
        Assert.True(image.Size > 100_000, $"{image.Size} bytes");
    }

    [Fact]
    public async Task An_image_is_found_by_tag_and_digest_and_id()
    {
        Cri.Image image = (await FindAsync(Target.ImageName))!;

        Assert.Equal(image.Id, (await FindAsync(image.Id))?.Id);
        Assert.Equal(image.Id, (await FindAsync(image.RepoDigests[0]))?.Id);
        Assert.Equal(image.Id, (await FindAsync(image.Id["sha256:".Length..][..12]))?.Id);
    }

    [Fact]
    public async Task What_is_not_there_is_an_empty_answer()
    {
        Assert.Null(await FindAsync("no-such.example/image:1"));
        Assert.Null(await FindAsync(UnknownId));
    }

    [Theory]
    [InlineData("UPPER/case:tag")]
    [InlineData("has space")]
    [InlineData("a//b")]
    [InlineData("x@sha256:tooshort")]
    public async Task A_malformed_reference_is_refused(string reference)
    {
        await FailsAsync(() => Target.PullAsync(reference));
    }

    [Fact]
    public async Task Every_image_is_listed_once()
    {
        string[] ids = [.. (await ListAsync()).Select(image => image.Id)];

        Assert.Contains(Target.ImageId, ids);
        Assert.Equal(ids.Length, ids.Distinct().Count());
    }

    [SkippableFact]
    public async Task A_list_can_be_narrowed_to_one_image()
    {
        SkipOn("containerd", "it ignores the filter");

        Cri.ListImagesResponse one = await Client.ListImagesAsync(new() { Filter = new() { Image = new() { Image = Target.ImageName } } });
        Cri.ListImagesResponse none = await Client.ListImagesAsync(new() { Filter = new() { Image = new() { Image = "no-such.example/image:1" } } });

        Assert.Equal(Target.ImageId, Assert.Single(one.Images).Id);
        Assert.Empty(none.Images);
    }

    [SkippableFact]
    public async Task Three_names_of_one_image_are_one_image()
    {
        string one = await Images.PullAsync(Target, "busybox:1");
        string two = await Images.PullAsync(Target, "busybox:stable");
        string three = (await Target.PullAsync((await FindAsync(one))!.RepoDigests[0])).ImageRef;

        Assert.Equal(one, two);
        Assert.Equal(one, three);
        Cri.Image image = Assert.Single(await ListAsync(), image => image.Id == one);
        Assert.Contains(Images.Name("busybox:1"), image.RepoTags);
        Assert.Contains(Images.Name("busybox:stable"), image.RepoTags);
    }

    [SkippableFact]
    public async Task An_index_gives_the_image_of_this_platform()
    {
        Assert.Equal(await Images.PullAsync(Target, "busybox:latest"), await Images.PullAsync(Target, "busybox:index"));
    }

    [SkippableFact]
    public async Task The_user_is_told_as_number_or_name()
    {
        Cri.Image numeric = (await FindAsync(await Images.PullAsync(Target, "busybox:user")))!;
        Cri.Image named = (await FindAsync(await Images.PullAsync(Target, "busybox:named")))!;

        Assert.Equal(1000, numeric.Uid?.Value);
        Assert.Equal("", numeric.Username);
        Assert.Null(named.Uid);
        Assert.Equal("www", named.Username);
    }

    [SkippableFact]
    public async Task An_image_the_registry_does_not_have_is_not_found()
    {
        CriException e = await FailsAsync(() => Target.PullAsync(Images.Name("busybox:no-such-tag")));

        Assert.Contains(e.Status, (CriStatus[])[CriStatus.NotFound, CriStatus.Unknown]);
        Assert.Contains("no-such-tag", e.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_registry_that_is_not_there_is_named()
    {
        CriException e = await FailsAsync(() => Target.PullAsync("127.0.0.1:1/nothing/here:1"));

        Assert.Contains("127.0.0.1:1", e.Detail, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_removed_image_is_gone_under_every_name_and_its_removal_repeats()
    {
        string id = await Images.PullAsync(Target, "big:latest");

        await RemoveAsync(Images.Name("big:latest"));

        Assert.Null(await FindAsync(id));
        Assert.Null(await FindAsync(Images.Name("big:latest")));
        await RemoveAsync(id);
        await RemoveAsync(Images.Name("big:latest"));
    }

    [Fact]
    public async Task Removing_what_is_not_there_is_success()
    {
        await RemoveAsync(UnknownId);
        await RemoveAsync("no-such.example/image:1");
    }

    [SkippableFact]
    public async Task A_container_keeps_its_files_when_its_image_is_removed()
    {
        string image = await Images.PullAsync(Target, "layers:latest");
        Pod pod = await RunHostNetworkPodAsync();
        string id = await StartSleeperAsync(pod, config => config.Image.Image = image);

        try
        {
            await RemoveAsync(image);
        }
        catch (CriException)
        {
            // A clear error for an image in use is as good.
        }

        Assert.Equal("upper", await OutputOfAsync(id, "cat /data/emptied/new"));
    }

    [SkippableFact]
    public async Task Layers_are_laid_over_each_other_as_the_format_says()
    {
        string image = await Images.PullAsync(Target, "layers:latest");
        Pod pod = await RunHostNetworkPodAsync();

        string[] lines = (await RunAsync(pod, """
            test ! -e /data/removed && echo whiteout
            cat /data/kept/file
            ls -A /data/emptied
            test /data/first -ef /data/second && echo linked
            stat -c '%a %u %g %s' /data/private /data/empty
            stat -c '%a' /tmp
            stat -c '%Y' /data/first
            ls -A /data | tr '\n' ' '
            """, config => config.Image.Image = image)).Lines;

        Assert.Equal(
        [
            "whiteout", "lower", "new", "linked", "640 1000 50 7", "4755 0 0 0", "1777", "1700000000",
            "emptied empty first kept private second ",
        ], lines);
    }

    [SkippableFact]
    public async Task Pulls_of_one_image_at_once_all_succeed()
    {
        await RemoveAsync(Images.Name("big:latest"));

        string[] ids = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Images.PullAsync(Target, "big:latest")));

        Assert.Single(ids.Distinct());
        await RemoveAsync(Images.Name("big:latest"));
    }

    [Fact]
    public async Task A_container_of_an_image_that_is_not_there_is_refused()
    {
        Pod pod = await RunHostNetworkPodAsync();

        CriException e = await FailsAsync(() => CreateAsync(pod, Shell("true"), config => config.Image.Image = UnknownId));

        Assert.Contains(e.Status, (CriStatus[])[CriStatus.NotFound, CriStatus.Unknown]);
    }

    [Fact]
    public async Task The_file_system_of_the_images_is_told()
    {
        Cri.ImageFsInfoResponse info = await Client.ImageFsInfoAsync(new());

        Cri.FilesystemUsage usage = Assert.Single(info.ImageFilesystems);
        Assert.True(Directory.Exists(usage.FsId.Mountpoint), usage.FsId.Mountpoint);
        Assert.NotEqual(0, usage.Timestamp);
        Assert.NotNull(usage.UsedBytes);
        Assert.NotNull(usage.InodesUsed);
    }

    private async Task<Cri.Image?> FindAsync(string image) =>
        (await Client.ImageStatusAsync(new() { Image = new() { Image = image } })).Image;

    private async Task<IReadOnlyList<Cri.Image>> ListAsync() => (await Client.ListImagesAsync(new())).Images;

    private Task RemoveAsync(string image) => Client.RemoveImageAsync(new() { Image = new() { Image = image } });
}
