namespace Keelson.CriTest.Processes;

/// <summary>seccomp, no_new_privs, hidden and read-only paths, the read-only root.</summary>
public sealed class ConfinementTests(CriTarget target) : CriTest(target)
{
    [Fact]
    public async Task The_runtimes_seccomp_profile_is_applied()
    {
        Assert.Equal("2", await OfStatusAsync("Seccomp", _ => { }));
    }

    [Fact]
    public async Task No_profile_means_none()
    {
        Assert.Equal("0", await OfStatusAsync("Seccomp", context =>
            context.Seccomp = new() { ProfileType = Cri.SecurityProfile.Types.ProfileType.Unconfined }));
    }

    [Fact]
    public async Task The_runtimes_profile_refuses_what_is_dangerous()
    {
        Pod pod = await RunHostNetworkPodAsync();

        Ran ran = await RunAsync(pod, "unshare -U true");

        Assert.NotEqual(0, ran.Status.ExitCode);
        Assert.Contains("not permitted", ran.Error, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_profile_of_the_nodes_own_is_applied()
    {
        string profile = Files.Write("profile.json", """
            {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 95}]}
            """);
        Pod pod = await RunHostNetworkPodAsync();

        Ran ran = await RunAsync(pod, "mkdir /tmp/x", config => config.Linux.SecurityContext.Seccomp = Localhost(profile));

        Assert.NotEqual(0, ran.Status.ExitCode);
        Assert.Contains("not supported", ran.Error, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_profile_that_does_not_exist_fails_the_container()
    {
        Pod pod = await RunHostNetworkPodAsync();

        await FailsAsync(() => StartAsync(pod, Shell("true"), config =>
            config.Linux.SecurityContext.Seccomp = Localhost($"{Files.HostPath}/no-such-profile.json")));
    }

    [Theory]
    [InlineData(true, "1")]
    [InlineData(false, "0")]
    public async Task New_privileges_are_had_as_asked(bool noNewPrivileges, string expected)
    {
        // An unconfined container: with a filter, some runtimes set the flag to be allowed to install it.
        Assert.Equal(expected, await OfStatusAsync("NoNewPrivs", context => context.NoNewPrivs = noNewPrivileges));
    }

    [Fact]
    public async Task Masked_paths_hide_what_is_below()
    {
        Pod pod = await RunHostNetworkPodAsync();

        Ran ran = await RunAsync(pod, "cat /proc/timer_list /proc/keys | wc -c; ls /sys/firmware | wc -l");

        Assert.Equal(["0", "0"], ran.Lines);
    }

    [Fact]
    public async Task Readonly_paths_can_not_be_written()
    {
        Pod pod = await RunHostNetworkPodAsync();

        Ran ran = await RunAsync(pod, "echo 1 > /proc/sys/kernel/panic_on_warn; true");

        Assert.Contains("Read-only", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unmasked_proc_is_had_where_asked()
    {
        Pod pod = await RunHostNetworkPodAsync();

        Ran ran = await RunAsync(pod, "cat /proc/keys | wc -l; grep -c ' /proc/' /proc/mounts; true", config =>
        {
            config.Linux.SecurityContext.MaskedPaths.Clear();
            config.Linux.SecurityContext.ReadonlyPaths.Clear();
        });

        Assert.Equal("0", ran.Lines[^1]);
    }

    [Fact]
    public async Task The_root_is_writable_by_default()
    {
        Pod pod = await RunHostNetworkPodAsync();

        Assert.Equal("written", (await RunAsync(pod, "echo written > /new && cat /new")).Text);
    }

    [Fact]
    public async Task A_readonly_root_can_not_be_written()
    {
        Pod pod = await RunHostNetworkPodAsync();

        Ran ran = await RunAsync(pod, "echo written > /new", config => config.Linux.SecurityContext.ReadonlyRootfs = true);

        Assert.NotEqual(0, ran.Status.ExitCode);
        Assert.Contains("Read-only file system", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shared_memory_and_devices_stay_usable_under_a_readonly_root()
    {
        Pod pod = await RunHostNetworkPodAsync();

        Ran ran = await RunAsync(pod, "echo ok > /dev/shm/x && cat /dev/shm/x && echo x > /dev/null",
            config => config.Linux.SecurityContext.ReadonlyRootfs = true);

        Assert.Equal("ok", ran.Text);
    }

    [Fact]
    public async Task Two_containers_of_one_image_do_not_see_each_others_writes()
    {
        Pod pod = await RunHostNetworkPodAsync();
        await RunAsync(pod, "echo mine > /mine; rm /etc/group");

        Assert.Equal("games", (await RunAsync(pod, "test ! -e /mine && sed -n '2s/:.*//p' /etc/group")).Text);
    }

    private static Cri.SecurityProfile Localhost(string path) =>
        new() { ProfileType = Cri.SecurityProfile.Types.ProfileType.Localhost, LocalhostRef = path };

    private async Task<string> OfStatusAsync(string field, Action<Cri.LinuxContainerSecurityContext> change)
    {
        Pod pod = await RunHostNetworkPodAsync();
        return (await RunAsync(pod, $"grep '^{field}:' /proc/self/status", config => change(config.Linux.SecurityContext))).Text.Split('\t')[1];
    }
}
