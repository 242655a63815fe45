namespace Keelson.Integration.Faults;

public sealed class FullDiskTests(Machine machine) : DaemonTest(machine), IAsyncLifetime
{
    private readonly TemporaryDirectory _disk = new("disk");
    private string? _mounted;

    async Task IAsyncLifetime.DisposeAsync()
    {
        try
        {
            await DisposeAsync();
        }
        finally
        {
            if (_mounted is not null)
            {
                (await Command.RunAsync("umount", [_mounted])).Succeeded();
            }

            _disk.Dispose();
        }
    }

    [SkippableFact]
    public async Task A_pull_onto_a_full_disk_fails_and_works_once_there_is_room()
    {
        string root = await MountAsync("1m");
        await StartDaemonAsync(new DaemonOptions { Root = root });
        Daemon.ExpectError("(?i)no space left");

        CriException e = await FailsAsync(() => PullAsync());

        Assert.Contains("no space left", e.Detail, StringComparison.OrdinalIgnoreCase);
        Assert.Empty((await Client.ListImagesAsync(new())).Images);
        (await Command.RunAsync("mount", ["-o", "remount,size=64m", root])).Succeeded();
        Assert.NotEmpty((await PullAsync()).ImageRef);
    }

    [SkippableFact]
    public async Task A_pod_on_a_full_disk_fails_and_leaves_nothing()
    {
        string root = await MountAsync("16m");
        await StartDaemonAsync(new DaemonOptions { Root = root });
        Daemon.ExpectError("(?i)no space left");
        await PullAsync();
        FillUp(root);

        await FailsAsync(async () =>
        {
            Pod pod = await RunPodAsync(HostNetwork);
            await StartAsync(pod, "true");
        });

        File.Delete($"{root}/ballast");
        Pod pod = await RunPodAsync(HostNetwork);
        Running container = await StartAsync(pod, "true");
        Assert.Equal(0, (await ExitOfAsync(container.Id)).ExitCode);
    }

    private static void FillUp(string root)
    {
        using FileStream ballast = File.Create($"{root}/ballast");
        byte[] block = new byte[4096];
        try
        {
            while (true)
            {
                ballast.Write(block);
                ballast.Flush();
            }
        }
        catch (IOException)
        {
            // Full, as intended.
        }
    }

    private async Task<string> MountAsync(string size)
    {
        Needs.Root();
        string root = _disk.Sub("small");
        (await Command.RunAsync("mount", ["-t", "tmpfs", "-o", $"size={size},mode=0700", "keelson-test", root])).Succeeded();
        _mounted = root;
        return root;
    }
}
