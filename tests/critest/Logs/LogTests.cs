namespace Keelson.CriTest.Logs;

public sealed class LogTests(CriTarget target) : CriTest(target)
{
    [Fact]
    public async Task Every_line_has_its_time_and_its_stream()
    {
        Pod pod = await RunHostNetworkPodAsync();
        DateTimeOffset before = DateTimeOffset.UtcNow.AddMilliseconds(-5);
        Cri.ContainerConfig config = ContainerConfig(pod, Shell("echo out; echo err >&2; echo; echo 'two  words '"));
        await RunToEndAsync(pod, config);

        IReadOnlyList<CriLogLine> lines = CriLog.Read(pod.LogPath(config));

        Assert.Equal(["out", "", "two  words "], lines.Where(line => line.Stream == "stdout").Select(line => line.Text));
        Assert.Equal(["err"], lines.Where(line => line.Stream == "stderr").Select(line => line.Text));
        Assert.All(lines, line => Assert.False(line.IsPartial));
        Assert.All(lines, line => Assert.InRange(line.Time, before, DateTimeOffset.UtcNow.AddMilliseconds(5)));
    }

    [Fact]
    public async Task Times_have_nanoseconds()
    {
        Pod pod = await RunHostNetworkPodAsync();
        Cri.ContainerConfig config = ContainerConfig(pod, Shell("for i in 1 2 3 4 5; do echo $i; done"));
        await RunToEndAsync(pod, config);

        Assert.All(File.ReadLines(pod.LogPath(config)), line => Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(Z|[+-])", line));
    }

    [Fact]
    public async Task The_file_exists_when_the_start_returns()
    {
        Pod pod = await RunHostNetworkPodAsync();
        Cri.ContainerConfig config = ContainerConfig(pod, Shell("sleep 100"));
        string id = await CreateAsync(pod, config);

        await Client.StartContainerAsync(new() { ContainerId = id });

        Assert.True(File.Exists(pod.LogPath(config)));
    }

    [SkippableFact]
    public async Task The_log_is_complete_when_the_exit_is_reported()
    {
        SkipOn("containerd", "1.6 reports the exit while it still writes");
        Pod pod = await RunHostNetworkPodAsync();

        Ran ran = await RunAsync(pod, "seq 1 20000");

        Assert.Equal(Enumerable.Range(1, 20000).Select(number => $"{number}"), ran.Lines);
    }

    [Fact]
    public async Task A_last_line_without_an_end_is_kept()
    {
        Pod pod = await RunHostNetworkPodAsync();
        Cri.ContainerConfig config = ContainerConfig(pod, Shell("printf 'no end'"));
        await RunToEndAsync(pod, config);

        Assert.Equal("no end", string.Concat(CriLog.Read(pod.LogPath(config)).Select(line => line.Text)));
    }

    [Fact]
    public async Task A_long_line_comes_in_parts_that_make_it_whole()
    {
        Pod pod = await RunHostNetworkPodAsync();
        Cri.ContainerConfig config = ContainerConfig(pod, Shell("head -c 300000 /dev/zero | tr '\\0' x; echo; echo next"));
        await RunToEndAsync(pod, config);

        IReadOnlyList<CriLogLine> lines = CriLog.Read(pod.LogPath(config));
        Assert.Equal(new string('x', 300000) + "\nnext\n", CriLog.Text(pod.LogPath(config)));
        Assert.Contains(lines, line => line.IsPartial);
        Assert.All(lines, line => Assert.True(line.Text.Length <= 64 * 1024));
    }

    [Fact]
    public async Task Bytes_that_are_no_text_pass()
    {
        Pod pod = await RunHostNetworkPodAsync();
        Cri.ContainerConfig config = ContainerConfig(pod, Shell("printf 'a\\377\\000b\\n'"));
        await RunToEndAsync(pod, config);

        byte[] log = File.ReadAllBytes(pod.LogPath(config));
        Assert.Equal([(byte)'a', 0xff, 0, (byte)'b', (byte)'\n'], log[Array.IndexOf(log, (byte)'a')..]);
    }

    [Fact]
    public async Task No_path_means_no_log()
    {
        Pod pod = await RunHostNetworkPodAsync();
        string id = await StartAsync(pod, Shell("seq 1 100000; exit 5"), config => config.LogPath = "");

        Assert.Equal(5, (await ExitOfAsync(id)).ExitCode);
        Assert.Empty(Directory.EnumerateFiles(pod.Config.LogDirectory));
    }

    [Fact]
    public async Task A_reopened_log_goes_on_in_the_new_file()
    {
        Pod pod = await RunHostNetworkPodAsync();
        Cri.ContainerConfig config = ContainerConfig(pod, Shell("n=0; while :; do n=$((n + 1)); echo $n; sleep 0.002; done"));
        string id = await CreateAsync(pod, config);
        await Client.StartContainerAsync(new() { ContainerId = id });
        string path = pod.LogPath(config);
        await Eventually.IsTrueAsync("a few lines are there", () => CompleteLines(path) > 20);

        // As the kubelet rotates: rename first, then ask for a new file.
        for (int time = 1; time <= 3; time++)
        {
            File.Move(path, $"{path}.{time}");
            await Client.ReopenContainerLogAsync(new() { ContainerId = id });
            Assert.True(File.Exists(path));
            await Eventually.IsTrueAsync("the new file grows", () => CompleteLines(path) > 5);
        }

        await Client.StopContainerAsync(new() { ContainerId = id, Timeout = 0 });
        int[] numbers = [.. ((string[])[$"{path}.1", $"{path}.2", $"{path}.3", path]).SelectMany(CriLog.Read)
            .Select(line => int.Parse(line.Text, System.Globalization.CultureInfo.InvariantCulture))];
        Assert.Equal(Enumerable.Range(1, numbers.Length), numbers);
    }

    [Fact]
    public async Task A_log_whose_file_was_deleted_is_made_anew()
    {
        Pod pod = await RunHostNetworkPodAsync();
        Cri.ContainerConfig config = ContainerConfig(pod, Shell("sleep 100"));
        string id = await CreateAsync(pod, config);
        await Client.StartContainerAsync(new() { ContainerId = id });
        File.Delete(pod.LogPath(config));

        await Client.ReopenContainerLogAsync(new() { ContainerId = id });

        Assert.True(File.Exists(pod.LogPath(config)));
    }

    [Fact]
    public async Task Reopening_for_a_container_that_does_not_run_fails_and_makes_no_file()
    {
        Pod pod = await RunHostNetworkPodAsync();
        Cri.ContainerConfig config = ContainerConfig(pod, Shell("true"));
        string id = await RunToEndAsync(pod, config);
        File.Delete(pod.LogPath(config));

        await FailsAsync(() => Client.ReopenContainerLogAsync(new() { ContainerId = id }));

        Assert.False(File.Exists(pod.LogPath(config)));
    }

    [Fact]
    public async Task Two_containers_log_side_by_side()
    {
        Pod pod = await RunHostNetworkPodAsync();

        Ran[] both = await Task.WhenAll(RunAsync(pod, "seq 1 5000"), RunAsync(pod, "seq 5001 10000"));

        Assert.Equal("1", both[0].Lines[0]);
        Assert.Equal(5000, both[0].Lines.Length);
        Assert.Equal("5001", both[1].Lines[0]);
        Assert.Equal(5000, both[1].Lines.Length);
    }

    [Fact]
    public async Task A_background_process_is_in_the_log()
    {
        Pod pod = await RunHostNetworkPodAsync();

        Assert.Equal(["late", "last"], (await RunAsync(pod, "(sleep 0.3; echo late) & wait; echo last")).Lines);
    }

    private static int CompleteLines(string path) => File.ReadAllText(path).Count(character => character == '\n');

    private async Task<string> RunToEndAsync(Pod pod, Cri.ContainerConfig config)
    {
        string id = await CreateAsync(pod, config);
        await Client.StartContainerAsync(new() { ContainerId = id });
        await ExitOfAsync(id);
        return id;
    }
}
