using System.Globalization;

namespace Keelson.Integration.Security;

/// <summary>Images made to reach what is not theirs.</summary>
public sealed class HostileImageTests(Machine machine) : DaemonTest(machine)
{
    [SkippableFact]
    [Trait("CVE", "2024-5154")]
    public async Task Links_in_the_place_of_files_that_runtimes_write_lead_nowhere()
    {
        await StartDaemonAsync();
        string victim = Files.Write("victim", "the host's");
        string made = $"{Files.HostPath}/made";
        string up = string.Concat(Enumerable.Repeat("../", 20));
        string image = await PushAsync("links", builder => builder.Layer(tar => tar
            .Symlink("etc/mtab", victim)
            .Symlink("etc/resolv.conf", up + victim[1..])
            .Symlink("etc/hosts", made)
            .Symlink("etc/hostname", up + made[1..])
            .Symlink("run", Files.HostPath)
            .Symlink("var/run", up + Files.HostPath[1..])));
        Pod pod = await RunPodAsync();

        try
        {
            await RunImageAsync(pod, image, "cat /etc/mtab /etc/resolv.conf /etc/hosts > /dev/null; echo evil > /etc/mtab; touch /run/x");
        }
        catch (CriException)
        {
            // Refused, which is as good.
        }

        Assert.Equal("the host's", File.ReadAllText(victim));
        Assert.Equal(["logs", "victim"], Directory.EnumerateFileSystemEntries(Files.HostPath).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
    }

    [SkippableFact]
    [Trait("CVE", "2026-53488")]
    public async Task Labels_of_an_image_are_none_of_the_container()
    {
        await StartDaemonAsync();
        string image = await PushAsync("labels", builder => builder
            .Label("io.kubernetes.pod.name", "kube-apiserver")
            .Label("io.kubernetes.container.name", "evil")
            .Label("io.cri-containerd.kind", "sandbox")
            .Label("org.systemd.property.ExecStartPre", "/bin/evil"));
        Pod pod = await RunPodAsync(HostNetwork);
        (string id, Cri.ContainerConfig config) = await RunImageAsync(pod, image, "env");

        Cri.ContainerStatus status = await StatusAsync(id);
        Cri.ListContainersResponse list = await Client.ListContainersAsync(new() { Filter = new() { LabelSelector = { ["io.kubernetes.pod.name"] = "kube-apiserver" } } });

        Assert.Equal(config.Labels, status.Labels);
        Assert.Equal(config.Annotations, status.Annotations);
        Assert.Empty(list.Containers);
        Assert.DoesNotContain("evil", CriLog.Text(pod.LogPath(config)), StringComparison.Ordinal);
    }

    [SkippableTheory]
    [Trait("CVE", "2026-46680")]
    [Trait("CVE", "2024-40635")]
    [InlineData("4294967296")]
    [InlineData("2147483648")]
    [InlineData("-1")]
    public async Task A_user_that_is_no_number_in_range_is_never_looked_up_as_a_name_of_root(string user)
    {
        await StartDaemonAsync();
        string image = await PushAsync($"user-{user.Replace('-', 'm')}", builder => builder
            .Layer(tar => tar.File("etc/passwd", $"{user}:x:0:0::/:/bin/sh\nroot:x:0:0::/:/bin/sh\n"))
            .User(user));
        Pod pod = await RunPodAsync(HostNetwork);

        CriException e = await FailsAsync(() => RunImageAsync(pod, image, "id"));
        Assert.Contains(user, e.Detail, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [Trait("CVE", "2026-47262")]
    [Trait("CVE", "2025-4437")]
    [InlineData("passwd")]
    [InlineData("group")]
    public async Task A_huge_account_file_costs_the_daemon_no_memory(string name)
    {
        await StartDaemonAsync();
        byte[] huge = new byte[200_000_000];
        huge.AsSpan().Fill((byte)'a');
        string image = await PushAsync($"huge-{name}", builder => builder.Layer(tar => tar.File($"etc/{name}", huge)).User("app:audio"));
        Pod pod = await RunPodAsync(HostNetwork);
        await PullAsync(image);
        long before = PeakMiB();

        try
        {
            await RunImageAsync(pod, image, "true");
        }
        catch (CriException)
        {
            // The user is not to be found within the bound.
        }

        Assert.InRange(PeakMiB() - before, 0, 32);
    }

    private Task<string> PushAsync(string name, Action<TestImageBuilder> configure) =>
        Machine.Registry.PushAsync(BusyboxImage.Create(configure), $"keelson/{name}");

    private async Task<(string Id, Cri.ContainerConfig Config)> RunImageAsync(Pod pod, string image, string script)
    {
        await PullAsync(image);
        (string id, Cri.ContainerConfig config) = await CreateAsync(pod, Shell(script), config => config.Image.Image = image);
        await Client.StartContainerAsync(new() { ContainerId = id });
        await ExitOfAsync(id);
        return (id, config);
    }

    private long PeakMiB()
    {
        string line = File.ReadLines($"/proc/{Daemon.ProcessId}/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) / 1024;
    }
}
