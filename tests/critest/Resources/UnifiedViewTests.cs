namespace Keelson.CriTest.Resources;

/// <summary>What a container sees of cgroup v2, what it may do with it, and what becomes of its processes.</summary>
public sealed class UnifiedViewTests(CriTarget target) : CriTest(target)
{
    [SkippableFact]
    [Trait("CVE", "2023-25809")]
    public async Task An_ordinary_container_sees_its_own_group_as_the_root_and_can_not_write_it()
    {
        Cgroups.RequireUnified();
        Pod pod = await RunHostNetworkPodAsync();

        Ran ran = await RunAsync(pod, """
            cat /proc/self/cgroup
            cat /sys/fs/cgroup/memory.max
            mkdir /sys/fs/cgroup/inner 2>/dev/null || echo no groups
            (echo max > /sys/fs/cgroup/memory.max) 2>/dev/null || echo no limits
            grep ' /sys/fs/cgroup ' /proc/mounts
            """, config => config.Linux.Resources.MemoryLimitInBytes = 32 << 20);

        Assert.Equal(["0::/", "33554432", "no groups", "no limits"], ran.Lines[..4]);
        string[] mount = ran.Lines[4].Split(' ');
        Assert.Equal("cgroup2", mount[2]);
        Assert.Superset(new HashSet<string> { "ro", "nosuid", "nodev", "noexec" }, mount[3].Split(',').ToHashSet());
    }

    [SkippableFact]
    public async Task A_privileged_container_sees_the_nodes_groups_and_can_write_them()
    {
        Cgroups.RequireUnified();
        Pod pod = await RunPrivilegedPodAsync();
        string id = await StartSleeperAsync(pod, Privileged);
        string own = Cgroups.PathOf(await PidAsync(id), "");

        Assert.Equal($"0::{own}", await OutputOfAsync(id, "cat /proc/self/cgroup"));
        await OutputOfAsync(id, $"mkdir /sys/fs/cgroup{own}/inner && rmdir /sys/fs/cgroup{own}/inner");
    }

    /// <summary>Mounting cgroup2 in the node's own cgroup namespace sets the options of the one file system that there is.</summary>
    [SkippableFact]
    public async Task Containers_leave_the_options_of_the_nodes_mount_as_they_were()
    {
        Cgroups.RequireUnified();
        string before = MountOptions();
        Pod pod = await RunPrivilegedPodAsync();

        await RunAsync(pod, "true");
        await RunAsync(pod, "true", Privileged);

        Assert.Equal(before, MountOptions());
    }

    [SkippableFact]
    public async Task A_command_runs_in_a_container_that_has_divided_its_group()
    {
        Cgroups.RequireUnified();
        Pod pod = await RunPrivilegedPodAsync();

        // As an init system in a container does: its processes go down, so that the groups below get controllers.
        string id = await StartAsync(pod, Shell("""
            own=/sys/fs/cgroup$(cut -d: -f3 /proc/self/cgroup)
            mkdir $own/init
            echo $$ > $own/init/cgroup.procs
            echo +memory > $own/cgroup.subtree_control
            touch /divided
            while :; do sleep 0.05; done
            """), Privileged);
        string own = Cgroups.PathOf(await PidAsync(id), "");
        await Eventually.IsTrueAsync("the group is divided", async () =>
            await Cgroups.FileAsync(await PidAsync(id), "cgroup.controllers") == "memory");

        string group = await OutputOfAsync(id, "cut -d: -f3 /proc/self/cgroup");

        Assert.Equal(Cgroups.PathOf(await PidAsync(id), ""), group);
        Assert.StartsWith(own, group, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Groups_that_a_container_has_made_go_with_it()
    {
        Cgroups.RequireUnified();
        using var parent = new PodCgroup();
        Pod pod = await RunPrivilegedPodAsync(config => config.Linux.CgroupParent = parent.Path);
        string id = await StartAsync(pod, Shell("""
            own=/sys/fs/cgroup$(cut -d: -f3 /proc/self/cgroup)
            mkdir -p $own/one/two/three
            sleep 1000 &
            echo $! > $own/one/two/three/cgroup.procs
            touch /made
            while :; do sleep 0.05; done
            """), Privileged);
        await Eventually.IsTrueAsync("the groups are made", async () => (await ExecAsync(id, "test", "-e", "/made")).ExitCode == 0);

        await Client.StopPodSandboxAsync(new() { PodSandboxId = pod.Id });
        await Client.RemovePodSandboxAsync(new() { PodSandboxId = pod.Id });

        Assert.Empty(parent.Children);
    }

    [SkippableFact]
    public async Task A_stop_ends_what_forks_without_end()
    {
        Cgroups.RequireUnified();
        Pod pod = await RunHostNetworkPodAsync(config => config.Linux.SecurityContext.NamespaceOptions.Pid = Cri.NamespaceMode.Node);
        string id = await StartAsync(
            pod,
            Shell("trap '' TERM; f() { trap '' TERM; while :; do sleep 0.4321 & done; }; f & f & while :; do sleep 0.05; done"),
            config => config.Linux.Resources.Unified.Add("pids.max", "40"));
        int pid = await PidAsync(id);
        string group = Cgroups.PathOf(pid, "");
        await Eventually.IsTrueAsync("it forks", async () => int.Parse(await Cgroups.FileAsync(pid, "pids.current")) > 20);

        await Client.StopContainerAsync(new() { ContainerId = id, Timeout = 1 });

        await Eventually.IsTrueAsync("the group is gone", () => !Directory.Exists(Cgroups.Directory("", group)));
        Assert.DoesNotContain(Directory.EnumerateDirectories("/proc"), process => CommandOf(process).Contains("0.4321", StringComparison.Ordinal));
    }

    private static string MountOptions() => File.ReadLines("/proc/self/mountinfo")
        .First(line => line.Contains(" /sys/fs/cgroup ", StringComparison.Ordinal))
        .Split(" - ")[1];

    private static string CommandOf(string process)
    {
        try
        {
            return File.ReadAllText($"{process}/cmdline");
        }
        catch (IOException)
        {
            return "";
        }
    }

    private Task<Pod> RunPrivilegedPodAsync(Action<Cri.PodSandboxConfig>? change = null) => RunHostNetworkPodAsync(config =>
    {
        config.Linux.SecurityContext.Privileged = true;
        change?.Invoke(config);
    });

    private static void Privileged(Cri.ContainerConfig config)
    {
        Cri.LinuxContainerSecurityContext context = config.Linux.SecurityContext;
        context.Privileged = true;
        context.MaskedPaths.Clear();
        context.ReadonlyPaths.Clear();
        context.Seccomp = new() { ProfileType = Cri.SecurityProfile.Types.ProfileType.Unconfined };
    }
}
