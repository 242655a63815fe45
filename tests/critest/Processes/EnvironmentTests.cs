using Google.Protobuf;

namespace Keelson.CriTest.Processes;

public sealed class EnvironmentTests(CriTarget target) : CriTest(target)
{
    [Fact]
    public async Task Variables_are_set_to_the_letter()
    {
        Pod pod = await RunHostNetworkPodAsync();

        Ran ran = await RunAsync(pod, "printf '%s|%s|%s|%s\\n' \"$PLAIN\" \"$SPACED\" \"${EMPTY-unset}\" \"$LINES_\"", config =>
        {
            config.Envs.Add(Kubelet.Env("PLAIN", "value=with=equals"));
            config.Envs.Add(Kubelet.Env("SPACED", " a \t b "));
            config.Envs.Add(Kubelet.Env("EMPTY", ""));
            config.Envs.Add(Kubelet.Env("LINES_", "one\ntwo"));
        });

        Assert.Equal("value=with=equals| a \t b ||one\ntwo", ran.Text);
    }

    [SkippableFact]
    public async Task Values_are_bytes()
    {
        SkipOn("containerd", "values were strings before CRI 1.34");
        Pod pod = await RunHostNetworkPodAsync();

        Ran ran = await RunAsync(pod, "printf %s \"$RAW\" | od -An -tx1", config =>
            config.Envs.Add(new Cri.KeyValue { Key = "RAW", Value = ByteString.CopyFrom(0xff, 0x41, 0x80, 0xfe) }));

        Assert.Equal("ff 41 80 fe", ran.Text.Trim());
    }

    [SkippableFact]
    public async Task The_images_variables_are_there_and_the_containers_win()
    {
        string image = await Images.PullAsync(Target, "busybox:config");
        Pod pod = await RunHostNetworkPodAsync();

        Ran ran = await RunAsync(pod, ["/bin/sh", "-c", "echo $COLOUR $SHAPE; env | grep -c COLOUR"], config =>
        {
            config.Image.Image = image;
            config.Envs.Add(Kubelet.Env("SHAPE", "square"));
        });

        Assert.Equal(["green square", "1"], ran.Lines);
    }

    [Fact]
    public async Task A_path_is_there()
    {
        Pod pod = await RunHostNetworkPodAsync();

        Assert.Contains("/bin", (await RunAsync(pod, "echo $PATH")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_pods_name_is_in_HOSTNAME()
    {
        Pod pod = await RunPodAsync(config => config.Hostname = "named");

        Assert.Contains("HOSTNAME=named", (await RunAsync(pod, ["/bin/env"])).Lines);
    }

    [Fact]
    public async Task Nothing_of_the_runtimes_own_environment_gets_in()
    {
        Pod pod = await RunHostNetworkPodAsync();

        string[] names = [.. (await RunAsync(pod, ["/bin/env"])).Lines.Select(line => line.Split('=')[0])];

        Assert.DoesNotContain(names, name => name.StartsWith("DOTNET_", StringComparison.Ordinal) || name is "INVOCATION_ID" or "KEELSON_BIN" or "NOTIFY_SOCKET");
    }

    [Fact]
    [Trait("CVE", "2022-4318")]
    [Trait("CVE", "2026-15809")]
    public async Task A_home_with_a_newline_adds_no_user_to_the_container()
    {
        Pod pod = await RunHostNetworkPodAsync();

        Ran ran = await RunAsync(pod, "id evil || cat /etc/passwd", config =>
        {
            // A user the image does not know, for whom a runtime may want to add a line.
            config.Linux.SecurityContext.RunAsUser = new() { Value = 4321 };
            config.Envs.Add(Kubelet.Env("HOME", "/home:/bin/sh\nevil::0:0::/root:/bin/sh\nx:x:1:1::/"));
        });

        Assert.StartsWith("root:x:0:0", ran.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("evil", ran.Text, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("CVE", "2021-21334")]
    public async Task Containers_of_one_image_do_not_get_each_others_variables()
    {
        Pod pod = await RunHostNetworkPodAsync();

        Ran[] all = await Task.WhenAll(Enumerable.Range(0, 8).Select(i =>
            RunAsync(pod, "env | grep ^SECRET | sort", config => config.Envs.Add(Kubelet.Env($"SECRET{i}", $"of {i}")))));

        Assert.Equal(Enumerable.Range(0, 8).Select(i => $"SECRET{i}=of {i}"), all.Select(ran => ran.Text));
    }
}
