namespace Keelson.CriTest.Processes;

public sealed class PrivilegeTests(CriTarget target) : CriTest(target)
{
    [Fact]
    public async Task A_privileged_container_has_every_capability_and_no_filter()
    {
        Pod pod = await RunPrivilegedPodAsync();

        string[] lines = (await RunAsync(pod, "grep -E '^(CapEff|CapBnd|Seccomp):' /proc/self/status", Privileged)).Lines;

        string all = File.ReadLines("/proc/1/status").Single(line => line.StartsWith("CapBnd", StringComparison.Ordinal)).Split('\t')[1];
        Assert.Contains($"CapEff:\t{all}", lines);
        Assert.Contains("Seccomp:\t0", lines);
    }

    [Fact]
    public async Task A_privileged_container_ignores_a_profile_of_the_nodes_own()
    {
        Pod pod = await RunPrivilegedPodAsync();
        string profile = Files.Write("profile.json", """{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["mkdir"], "action": "SCMP_ACT_ERRNO"}]}""");

        Ran ran = await RunAsync(pod, "mkdir /tmp/x && sed -n 's/^Seccomp:.//p' /proc/self/status", config =>
        {
            Privileged(config);
            config.Linux.SecurityContext.Seccomp = new() { ProfileType = Cri.SecurityProfile.Types.ProfileType.Localhost, LocalhostRef = profile };
        });

        Assert.Equal("0", ran.Text);
    }

    [Fact]
    public async Task A_privileged_container_may_mount()
    {
        Pod pod = await RunPrivilegedPodAsync();

        Assert.Equal("ok", (await RunAsync(pod, "mkdir -p /mnt && mount -t tmpfs none /mnt && echo ok", Privileged)).Text);
    }

    [Fact]
    public async Task A_privileged_container_has_the_hosts_devices()
    {
        Pod pod = await RunPrivilegedPodAsync();

        int devices = int.Parse((await RunAsync(pod, "ls /dev | wc -l", Privileged)).Text, System.Globalization.CultureInfo.InvariantCulture);

        Assert.True(devices > 20, $"{devices} devices");
    }

    [Fact]
    public async Task A_privileged_container_may_write_sys()
    {
        Pod pod = await RunPrivilegedPodAsync();

        Assert.Matches("rw", (await RunAsync(pod, "grep ' /sys sysfs ' /proc/mounts", Privileged)).Text.Split(' ')[3]);
    }

    [Fact]
    public async Task An_ordinary_container_may_not_mount()
    {
        Pod pod = await RunHostNetworkPodAsync();

        Assert.NotEqual(0, (await RunAsync(pod, "mkdir -p /mnt; mount -t tmpfs none /mnt")).Status.ExitCode);
    }

    [Fact]
    public async Task An_ordinary_container_reads_sys_only()
    {
        Pod pod = await RunHostNetworkPodAsync();

        Assert.StartsWith("ro", (await RunAsync(pod, "grep ' /sys sysfs ' /proc/mounts")).Text.Split(' ')[3], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_ordinary_container_has_the_usual_devices_and_no_other()
    {
        Pod pod = await RunHostNetworkPodAsync();

        string[] devices = (await RunAsync(pod, "ls /dev")).Lines;

        Assert.Superset(new HashSet<string> { "null", "zero", "full", "random", "urandom", "tty", "ptmx", "pts", "shm", "mqueue", "fd", "stdin", "stdout", "stderr" }, devices.ToHashSet());
        Assert.DoesNotContain("kmsg", devices);
        Assert.DoesNotContain(devices, device => device.StartsWith("vd", StringComparison.Ordinal) || device.StartsWith("sd", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_device_made_in_the_container_can_not_be_opened()
    {
        Pod pod = await RunHostNetworkPodAsync();

        Ran ran = await RunAsync(pod, "mknod /tmp/memory c 1 1 && cat /tmp/memory | head -c 1");

        Assert.Contains("not permitted", ran.Error, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_device_given_to_the_container_is_there_under_its_name()
    {
        Pod pod = await RunHostNetworkPodAsync();

        Ran ran = await RunAsync(pod, "head -c 4 /dev/my-zero | od -An -tx1; ls -l /dev/my-zero | cut -c1", config =>
            config.Devices.Add(new Cri.Device { HostPath = "/dev/zero", ContainerPath = "/dev/my-zero", Permissions = "rwm" }));

        Assert.Equal(["00 00 00 00", "c"], ran.Lines.Select(line => line.Trim()));
    }

    private static void Privileged(Cri.ContainerConfig config)
    {
        Cri.LinuxContainerSecurityContext context = config.Linux.SecurityContext;
        context.Privileged = true;
        context.MaskedPaths.Clear();
        context.ReadonlyPaths.Clear();
        context.Seccomp = new() { ProfileType = Cri.SecurityProfile.Types.ProfileType.Unconfined };
    }

    private Task<Pod> RunPrivilegedPodAsync() => RunHostNetworkPodAsync(config => config.Linux.SecurityContext.Privileged = true);
}
