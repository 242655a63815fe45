namespace Keelson.CriTest.Mounts;

/// <summary>What images declare as volumes.</summary>
public sealed class ImageVolumeTests(CriTarget target) : CriTest(target)
{
    [SkippableFact]
    public async Task A_volume_has_the_images_content_with_its_owners_and_modes()
    {
        Pod pod = await RunHostNetworkPodAsync();

        Ran ran = await RunAsync(pod, """
            cd /data
            ls -A
            cat kept sub/added
            stat -c '%u:%g %a' . kept sub sub/tool
            stat -c '%Y' kept
            readlink link
            grep -c ' /data ' /proc/self/mountinfo
            """, await FromAsync("volumes:latest"));

        Assert.Equal(
            ["kept", "link", "sub", "lower", "upper", "1000:50 750", "1000:50 644", "1000:50 755", "1000:50 4755", "1700000000", "kept", "1"],
            ran.Lines);
    }

    [SkippableFact]
    public async Task A_volume_the_image_has_nothing_for_is_an_empty_directory()
    {
        Pod pod = await RunHostNetworkPodAsync();

        Ran ran = await RunAsync(pod, "ls -A /made/here; stat -c '%u:%g %a' /made/here; grep -c ' /made/here ' /proc/self/mountinfo; touch /made/here/file",
            await FromAsync("volumes:latest"));

        Assert.Equal(["0:0 755", "1"], ran.Lines);
    }

    [SkippableFact]
    public async Task The_owner_of_a_volume_writes_to_it_though_the_root_is_readonly()
    {
        Pod pod = await RunHostNetworkPodAsync();
        Action<Cri.ContainerConfig> from = await FromAsync("volumes:latest");

        Ran ran = await RunAsync(pod, "echo mine > /data/mine && cat /data/mine; touch /elsewhere 2>/dev/null || echo readonly", config =>
        {
            from(config);
            config.Linux.SecurityContext.RunAsUser = new() { Value = 1000 };
            config.Linux.SecurityContext.ReadonlyRootfs = true;
        });

        Assert.Equal(["mine", "readonly"], ran.Lines);
    }

    [SkippableFact]
    public async Task A_volume_below_a_volume_is_on_top_of_it()
    {
        Pod pod = await RunHostNetworkPodAsync();

        Ran ran = await RunAsync(pod, "ls -A /data/sub; ls -A /data/sub/below | wc -l", await FromAsync("volumes:latest"));

        Assert.Equal(["added", "below", "tool", "0"], ran.Lines);
    }

    [SkippableFact]
    public async Task Every_container_has_volumes_of_its_own()
    {
        Pod pod = await RunHostNetworkPodAsync();
        Action<Cri.ContainerConfig> from = await FromAsync("volumes:latest");

        await RunAsync(pod, "echo changed > /data/kept; rm /data/link", from);

        Assert.Equal(["lower", "kept"], (await RunAsync(pod, "cat /data/kept; readlink /data/link", from)).Lines);
    }

    [SkippableFact]
    public async Task A_mount_of_the_pod_takes_the_place_of_a_volume()
    {
        Pod pod = await RunHostNetworkPodAsync();
        Files.Write("data/from-host", "hello");
        Action<Cri.ContainerConfig> from = await FromAsync("volumes:latest");

        Ran ran = await RunAsync(pod, "cat /data/from-host; test ! -e /data/kept", config =>
        {
            from(config);
            config.Mounts.Add(Kubelet.Bind($"{Files.HostPath}/data", "/data"));
        });

        Assert.Equal("hello", ran.Text);
    }

    // The content of a volume was read through links of the image, from the host.
    [SkippableFact]
    [Trait("CVE", "2022-23648")]
    public async Task A_volumes_path_does_not_lead_to_the_hosts_files()
    {
        string marker = $"/etc/keelson-critest-{Guid.NewGuid():N}";
        Pod pod = await RunHostNetworkPodAsync();
        Action<Cri.ContainerConfig> from = await FromAsync("volumes:hostile");
        File.WriteAllText(marker, "the host's");
        try
        {
            Ran ran = await RunAsync(pod, $"cat /absolute/passwd | grep -c ^www:; cat /nested/deep/relative/passwd | grep -c ^www:; ls -A /root /absolute/ /nested/deep/relative/ | grep -c {Path.GetFileName(marker)}", from);
            Assert.Equal("1\n1\n0\n", ran.Output);
        }
        finally
        {
            File.Delete(marker);
        }
    }

    private async Task<Action<Cri.ContainerConfig>> FromAsync(string image)
    {
        string id = await Images.PullAsync(Target, image);
        return config => config.Image.Image = id;
    }
}
