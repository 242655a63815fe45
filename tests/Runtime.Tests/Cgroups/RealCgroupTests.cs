using Keelson.Oci.Cgroups;
using Keelson.Oci.Launch;
using Keelson.Oci.Launch.Building;
using Keelson.Oci.Launch.Engine;
using Keelson.Oci.Spec;
using Keelson.Runtime.Tests.Launch;

namespace Keelson.Runtime.Tests.Cgroups;

[Trait("needs", "root")]
public class RealCgroupTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [SkippableFact]
    public async Task A_group_lives_from_create_to_delete_on_this_node()
    {
        RootOnly.Require();
        ICgroups groups = new Oci.Cgroups.Cgroups(CgroupLayout.Detect(), TimeProvider.System);
        ICgroup group = groups.Get(CgroupPath.Parse($"/keelson-test-{Environment.ProcessId}/one"));
        group.Create();
        group.Create();
        Assert.True(group.Exists);
        group.Apply(new ResourcesSpec
        {
            Cpu = new CpuSpec { Shares = 512, Quota = 50000, Period = 100000 },
            Memory = new MemorySpec { Limit = 64 << 20, Swap = 64 << 20 },
            Pids = new PidsSpec(50),
            Devices = [new DeviceRuleSpec { Allow = false }],
            HugepageLimits = [new HugepageLimitSpec("2MB", 0)],
        });
        group.Update(new ResourcesSpec { Memory = new MemorySpec { Limit = 128 << 20, Swap = 128 << 20 } });
        group.Update(new ResourcesSpec { Memory = new MemorySpec { Limit = 32 << 20, Swap = 32 << 20 } });
        Assert.NotNull(group.ReadStats().CpuUsageNanoseconds);
        Assert.Equal(32ul << 20, group.ReadStats().MemoryAvailableBytes + group.ReadStats().MemoryWorkingSetBytes);

        using EngineHarness harness = new();
        PlanBuilder builder = new();
        if (group.Placement.V2Directory is { } v2)
        {
            builder.BornIn(v2);
        }

        foreach (Core.HostPath directory in group.Placement.V1Directories)
        {
            PlanSlot tasks = builder.NewSlot();
            builder.Add($"open '{directory}/tasks'", "openat", -100, builder.Text($"{directory}/tasks"), 1, 0).Into(tasks);
            builder.Add($"join '{directory}'", "write", tasks, builder.Text("0"), 1).Whole();
        }

        LaunchPlan plan = EngineHarness.Exec(builder, "/bin/sh", "-c", "sleep 60 & sleep 60").Build();
        LaunchEngineResult result = harness.Launch(plan);
        Assert.True(result.Launched, plan.DescribeFailure(result.FailedStep, result.Errno));
        Assert.Contains(result.Pid, group.ReadProcesses());

        Task killing = group.KillAllAsync(CancellationToken.None);
        Assert.Equal(137, EngineHarness.Wait(result));
        await killing.WaitAsync(Patience);
        Assert.Empty(group.ReadProcesses());
        await group.DeleteAsync(CancellationToken.None).WaitAsync(Patience);
        Assert.False(group.Exists);
        await groups.Get(group.Path.Parent).DeleteAsync(CancellationToken.None).WaitAsync(Patience);
    }

    [SkippableFact]
    public async Task The_device_program_of_version_2_is_taken_by_the_kernel_and_enforced()
    {
        RootOnly.Require();
        CgroupHierarchy? v2 = CgroupLayout.Detect().V2;
        Skip.If(v2 is null, "no cgroup v2 mount");
        CgroupLayout only = new([v2]);
        ICgroup group = new Oci.Cgroups.Cgroups(only, TimeProvider.System).Get(CgroupPath.Parse($"/keelson-test-dev-{Environment.ProcessId}"));
        group.Create();
        group.Apply(new ResourcesSpec { Devices = [new DeviceRuleSpec { Allow = false }, new DeviceRuleSpec { Allow = true, Type = "c", Major = 1, Minor = 11, Access = "r" }] });

        using EngineHarness harness = new();
        PlanBuilder builder = new();
        builder.BornIn(v2.DirectoryOf(group.Path));
        LaunchPlan plan = EngineHarness.Exec(builder, "/bin/sh", "-c", "exec 2>/dev/null; echo x >/dev/null && echo null; (: </dev/kmsg) && echo read; (: >>/dev/kmsg) && echo write; (: </dev/mem) && echo mem; exit 0").Build();
        (int exit, string output) = harness.Run(plan);
        Assert.Equal(0, exit);
        Assert.Equal("null\nread\n", output);
        await group.DeleteAsync(CancellationToken.None).WaitAsync(Patience);
    }
}
