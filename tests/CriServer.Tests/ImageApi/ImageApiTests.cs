using Keelson.Core;
using Keelson.CriServer.Registry;
using Keelson.CriServer.Tests.Support;
using Keelson.Grpc;

namespace Keelson.CriServer.Tests.ImageApi;

public sealed class ImageApiTests : IAsyncLifetime
{
    private const string Tag = "docker.io/library/busybox:1.36";

    private TestDaemon _daemon = null!;

    public async Task InitializeAsync()
    {
        _daemon = await TestDaemon.StartAsync();
        _daemon.Images.Records.Add(FakeImages.Record(Tag, user: "1000:50"));
    }

    public Task DisposeAsync() => _daemon.DisposeAsync().AsTask();

    [Fact]
    public async Task The_status_of_a_missing_image_is_empty_and_no_error()
    {
        Assert.Null((await _daemon.CallAsync(ImageMethods.ImageStatus, Named("missing"))).Image);
    }

    [Fact]
    public async Task The_status_of_an_image_has_its_user_and_verbosely_its_config()
    {
        Cri.ImageStatusRequest request = Named(Tag);
        request.Verbose = true;
        Cri.ImageStatusResponse response = await _daemon.CallAsync(ImageMethods.ImageStatus, request);
        Assert.Equal((FakeImages.Busybox.Value, 4096ul, 1000L, ""), (response.Image.Id, response.Image.Size, response.Image.Uid.Value, response.Image.Username));
        Assert.Equal([Tag], response.Image.RepoTags);
        Assert.Equal("{\"imageSpec\":{\"os\":\"linux\"}}", response.Info["info"]);
    }

    [Fact]
    public async Task A_user_by_name_is_a_name_and_no_number()
    {
        _daemon.Images.Records[0] = FakeImages.Record(Tag, user: "nobody");
        Cri.Image image = (await _daemon.CallAsync(ImageMethods.ImageStatus, Named(Tag))).Image;
        Assert.Null(image.Uid);
        Assert.Equal("nobody", image.Username);
    }

    [Fact]
    public async Task A_list_can_be_asked_for_one_image()
    {
        var request = new Cri.ListImagesRequest { Filter = new Cri.ImageFilter { Image = new Cri.ImageSpec { Image = Tag } } };
        Assert.Single((await _daemon.CallAsync(ImageMethods.ListImages, request)).Images);
        request.Filter.Image.Image = "other";
        Assert.Empty((await _daemon.CallAsync(ImageMethods.ListImages, request)).Images);
        Assert.Single((await _daemon.CallAsync(ImageMethods.ListImages, new Cri.ListImagesRequest())).Images);
    }

    [Fact]
    public async Task A_pull_answers_with_the_id_that_lists_show()
    {
        Cri.PullImageResponse pulled = await _daemon.CallAsync(ImageMethods.PullImage, new Cri.PullImageRequest { Image = new Cri.ImageSpec { Image = "busybox" } });
        Cri.Image listed = Assert.Single((await _daemon.CallAsync(ImageMethods.ListImages, new Cri.ListImagesRequest())).Images);
        Assert.Equal(listed.Id, pulled.ImageRef);
        Assert.Null(Assert.Single(_daemon.Images.Pulled).Credentials);
    }

    [Theory]
    [InlineData("", "", "dTpwOnE=", "u", "p:q")]
    [InlineData("a", "b", "dTpw", "a", "b")]
    public async Task Credentials_come_as_two_fields_or_as_one(string user, string password, string auth, string expectedUser, string expectedPassword)
    {
        await _daemon.CallAsync(ImageMethods.PullImage, new Cri.PullImageRequest
        {
            Image = new Cri.ImageSpec { Image = "x" },
            Auth = new Cri.AuthConfig { Username = user, Password = password, Auth = auth },
        });
        var credentials = Assert.Single(_daemon.Images.Pulled).Credentials!;
        Assert.Equal((expectedUser, expectedPassword), (credentials.Username, credentials.Password));
    }

    [Fact]
    public async Task A_failure_that_the_kubelet_knows_by_its_first_word_arrives_as_Unknown_and_begins_with_it()
    {
        _daemon.Images.PullFailure = new KeelsonException(ErrorKind.KubeletToken, "RegistryUnavailable: connection refused");
        RpcException end = await Assert.ThrowsAsync<RpcException>(
            () => _daemon.CallAsync(ImageMethods.PullImage, new Cri.PullImageRequest { Image = new Cri.ImageSpec { Image = "x" } }));
        Assert.Equal((StatusCode.Unknown, "RegistryUnavailable: connection refused"), (end.Status, end.Message));
    }

    [Fact]
    public async Task A_request_without_an_image_is_refused()
    {
        Assert.Equal(StatusCode.InvalidArgument, await _daemon.FailsAsync(ImageMethods.PullImage, new Cri.PullImageRequest()));
        Assert.Equal(StatusCode.InvalidArgument, await _daemon.FailsAsync(ImageMethods.ImageStatus, new Cri.ImageStatusRequest()));
        Assert.Equal(StatusCode.InvalidArgument, await _daemon.FailsAsync(ImageMethods.RemoveImage, new Cri.RemoveImageRequest()));
    }

    [Fact]
    public async Task Disk_use_names_a_directory_of_the_file_system()
    {
        Cri.ImageFsInfoResponse info = await _daemon.CallAsync(ImageMethods.ImageFsInfo, new Cri.ImageFsInfoRequest());
        Assert.Equal(("/var/lib/keelson/layers", 10ul, 2ul, 3L),
            (info.ImageFilesystems[0].FsId.Mountpoint, info.ImageFilesystems[0].UsedBytes.Value, info.ImageFilesystems[0].InodesUsed.Value, info.ImageFilesystems[0].Timestamp));
        Assert.Equal(info.ImageFilesystems, info.ContainerFilesystems);
    }

    private static Cri.ImageStatusRequest Named(string image) => new() { Image = new Cri.ImageSpec { Image = image } };
}
