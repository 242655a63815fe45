namespace Keelson.CriTest.Mounts;

public sealed class MountTests(CriTarget target) : CriTest(target)
{
    [Fact]
    public async Task A_directory_of_the_host_is_seen_both_ways()
    {
        Pod pod = await RunHostNetworkPodAsync();
        Files.Write("data/from-host", "hello");

        Ran ran = await RunAsync(pod, "cat /data/from-host; echo back > /data/from-container",
            config => config.Mounts.Add(Kubelet.Bind($"{Files.HostPath}/data", "/data")));

        Assert.Equal("hello", ran.Text);
        Assert.Equal("back\n", File.ReadAllText($"{Files.HostPath}/data/from-container"));
    }

    [Fact]
    public async Task A_file_is_mounted_over_a_file()
    {
        Pod pod = await RunHostNetworkPodAsync();
        string hosts = Files.Write("hosts", "127.0.0.1 from-the-kubelet\n");

        Assert.Equal("127.0.0.1 from-the-kubelet",
            (await RunAsync(pod, "cat /etc/hosts", config => config.Mounts.Add(Kubelet.Bind(hosts, "/etc/hosts")))).Text);
    }

    [Fact]
    public async Task A_file_is_mounted_where_nothing_was()
    {
        Pod pod = await RunHostNetworkPodAsync();
        string file = Files.Write("config", "x=1");

        Assert.Equal("x=1",
            (await RunAsync(pod, "cat /etc/deep/down/config", config => config.Mounts.Add(Kubelet.Bind(file, "/etc/deep/down/config")))).Text);
    }

    [Fact]
    public async Task A_readonly_mount_can_not_be_written()
    {
        Pod pod = await RunHostNetworkPodAsync();
        string directory = Files.Sub("data");

        Ran ran = await RunAsync(pod, "echo x > /data/file", config => config.Mounts.Add(Kubelet.Bind(directory, "/data", isReadonly: true)));

        Assert.Contains("Read-only file system", ran.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(directory));
    }

    [Fact]
    public async Task A_mount_below_a_mount_is_seen()
    {
        Pod pod = await RunHostNetworkPodAsync();
        Files.Write("outer/a", "outer");
        Files.Sub("outer/inner");
        Files.Write("inner/b", "inner");

        Ran ran = await RunAsync(pod, "cat /data/a /data/inner/b", config =>
        {
            // Deeper paths first, as a kubelet may list them.
            config.Mounts.Add(Kubelet.Bind($"{Files.HostPath}/inner", "/data/inner"));
            config.Mounts.Add(Kubelet.Bind($"{Files.HostPath}/outer", "/data"));
        });

        Assert.Equal("outerinner", ran.Text);
    }

    [Fact]
    [Trait("CVE", "2021-30465")]
    public async Task A_relative_symbolic_link_in_the_image_does_not_lead_out()
    {
        Pod pod = await RunHostNetworkPodAsync();
        string data = Files.Sub("data");
        string volume = Files.Sub("volume");
        File.CreateSymbolicLink($"{volume}/escape", "../../../../../../../etc");

        Ran ran = await RunAsync(pod, "ls -d /etc/keelson-target && test ! -e /volume/escape/shadow-of-host && echo inside", config =>
        {
            config.Mounts.Add(Kubelet.Bind(volume, "/volume"));
            config.Mounts.Add(Kubelet.Bind(data, "/volume/escape/keelson-target"));
        });

        Assert.Equal(["/etc/keelson-target", "inside"], ran.Lines);
        Assert.False(Directory.Exists("/etc/keelson-target"));
    }

    [SkippableFact]
    public async Task What_a_link_in_the_image_points_at_is_made_for_a_mount_on_it()
    {
        string image = await Images.PullAsync(Target, "volumes:dangling");
        Pod pod = await RunHostNetworkPodAsync();
        string resolver = Files.Write("resolv.conf", "nameserver 192.0.2.1\n");
        Files.Write("data/file", "data\n");

        Ran ran = await RunAsync(pod, "cat /etc/resolv.conf /run/systemd/resolve/stub.conf /volumes/first/file; touch /declared/file && ls /volumes/declared", config =>
        {
            config.Image.Image = image;
            config.Mounts.Add(Kubelet.Bind(resolver, "/etc/resolv.conf"));
            config.Mounts.Add(Kubelet.Bind($"{Files.HostPath}/data", "/data"));
        });

        Assert.Equal(["nameserver 192.0.2.1", "nameserver 192.0.2.1", "data", "file"], ran.Lines);
        Assert.False(Directory.Exists("/volumes"));
    }

    [SkippableFact]
    public async Task A_mount_on_a_loop_of_links_is_refused_by_its_name()
    {
        string image = await Images.PullAsync(Target, "volumes:dangling");
        Pod pod = await RunHostNetworkPodAsync();
        string data = Files.Sub("data");

        CriException e = await FailsAsync(() => StartAsync(pod, ["true"], config =>
        {
            config.Image.Image = image;
            config.Mounts.Add(Kubelet.Bind(data, "/ring"));
        }));

        Assert.Contains("/ring", e.Detail, StringComparison.Ordinal);
        Assert.Contains("Too many levels of symbolic links", e.Detail, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_source_that_does_not_exist_is_made_or_refused_but_never_ignored()
    {
        Pod pod = await RunHostNetworkPodAsync();
        string missing = $"{Files.HostPath}/missing";

        try
        {
            string id = await StartSleeperAsync(pod, config => config.Mounts.Add(Kubelet.Bind(missing, "/data")));
            Assert.True(Directory.Exists(missing));
            Assert.Contains(" /data ", await OutputOfAsync(id, "cat /proc/mounts"), StringComparison.Ordinal);
        }
        catch (CriException e)
        {
            Assert.Contains("missing", e.Detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_mount_the_host_makes_later_is_seen_where_propagation_asks_for_it()
    {
        Pod pod = await RunHostNetworkPodAsync();
        string shared = Files.Sub("shared");
        await MountAsync("--bind", shared, shared);
        try
        {
            await MountAsync("--make-shared", shared);
            Directory.CreateDirectory($"{shared}/later");
            string slave = await StartSleeperAsync(pod, config => config.Mounts.Add(
                new Cri.Mount { HostPath = shared, ContainerPath = "/data", Propagation = Cri.MountPropagation.PropagationHostToContainer }));
            string closed = await StartSleeperAsync(pod, config => config.Mounts.Add(Kubelet.Bind(shared, "/data")));

            await MountAsync("-t", "tmpfs", "late", $"{shared}/later");

            Assert.Equal("1", await OutputOfAsync(slave, "grep -c ' /data/later tmpfs' /proc/mounts || true"));
            Assert.Equal("0", await OutputOfAsync(closed, "grep -c ' /data/later tmpfs' /proc/mounts || true"));
            await Client.StopPodSandboxAsync(new() { PodSandboxId = pod.Id });
        }
        finally
        {
            await Command.RunAsync("umount", ["-R", "-l", shared]);
        }
    }

    [SkippableFact]
    public async Task A_recursively_readonly_mount_that_is_not_readonly_is_refused()
    {
        SkipOn("containerd", "recursive_read_only came with CRI 1.30");
        Pod pod = await RunHostNetworkPodAsync();

        await FailsAsync(() => StartAsync(pod, Shell("true"), config => config.Mounts.Add(
            new Cri.Mount { HostPath = Files.Sub("data"), ContainerPath = "/data", RecursiveReadOnly = true })));
    }

    [SkippableFact]
    public async Task A_recursively_readonly_mount_is_readonly_below_too()
    {
        SkipOn("containerd", "recursive_read_only came with CRI 1.30");
        Pod pod = await RunHostNetworkPodAsync();
        string data = Files.Sub("data");
        Files.Sub("data/below");
        await MountAsync("-t", "tmpfs", "below", $"{data}/below");
        try
        {
            Ran ran = await RunAsync(pod, "echo x > /data/below/file", config => config.Mounts.Add(
                new Cri.Mount { HostPath = data, ContainerPath = "/data", Readonly = true, RecursiveReadOnly = true }));

            Assert.Contains("Read-only file system", ran.Error, StringComparison.Ordinal);
        }
        finally
        {
            await Command.RunAsync("umount", [$"{data}/below"]);
        }
    }

    [Fact]
    public async Task The_hosts_mount_table_does_not_keep_what_a_container_mounted()
    {
        Pod pod = await RunHostNetworkPodAsync();
        string data = Files.Sub("data");
        string id = await StartSleeperAsync(pod, config => config.Mounts.Add(Kubelet.Bind(data, "/data")));

        Assert.DoesNotContain(data, File.ReadAllText("/proc/self/mountinfo"), StringComparison.Ordinal);
        await Client.StopContainerAsync(new() { ContainerId = id });
    }

    private static async Task MountAsync(params string[] arguments) => (await Command.RunAsync("mount", arguments)).Succeeded();
}
