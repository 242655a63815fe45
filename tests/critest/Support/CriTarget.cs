namespace Keelson.CriTest;

/// <summary>
/// The runtime under test: CRI_ENDPOINT where it is given, else a Keelson daemon of our own from KEELSON_BIN.
/// TEST_IMAGE names an image with busybox; the further images come from TEST_REGISTRY where one runs.
/// </summary>
public sealed class CriTarget : IAsyncLifetime
{
    private KeelsonDaemon? _daemon;

    public CriClient Client { get; private set; } = null!;

    /// <summary>As Version names it: keelson, containerd, cri-o.</summary>
    public string RuntimeName { get; private set; } = "";

    public Version RuntimeVersion { get; private set; } = new();

    /// <summary>The test image as a pod names it.</summary>
    public string ImageName { get; private set; } = "";

    /// <summary>The test image's id, which is what a kubelet puts into CreateContainer.</summary>
    public string ImageId { get; private set; } = "";

    public TemporaryDirectory Files { get; private set; } = null!;

    /// <summary>The daemon, where it is ours; the leak check and its log are only had then.</summary>
    public KeelsonDaemon? Daemon => _daemon;

    public async Task InitializeAsync()
    {
        Files = new TemporaryDirectory("critest");
        string endpoint = Environment.GetEnvironmentVariable("CRI_ENDPOINT") ?? "";
        if (endpoint.Length == 0)
        {
            _daemon = await KeelsonDaemon.StartAsync();
            endpoint = _daemon.Endpoint;
        }

        Client = new CriClient(endpoint);
        Cri.VersionResponse version = await Client.VersionAsync(new() { Version = "0.1.0" });
        RuntimeName = version.RuntimeName;
        RuntimeVersion = Version.TryParse(version.RuntimeVersion.TrimStart('v').Split('-', '~', '+')[0], out Version? parsed) ? parsed : new Version();
        ImageName = Environment.GetEnvironmentVariable("TEST_IMAGE") ?? throw new InvalidOperationException("TEST_IMAGE names no image");
        ImageId = (await PullAsync(ImageName)).ImageRef;
    }

    public Task<Cri.PullImageResponse> PullAsync(string image) =>
        Client.PullImageAsync(new() { Image = new() { Image = image } });

    public async Task DisposeAsync()
    {
        Client.Dispose();
        if (_daemon is not null)
        {
            await _daemon.DisposeAsync();
        }

        Files.Dispose();
    }
}
