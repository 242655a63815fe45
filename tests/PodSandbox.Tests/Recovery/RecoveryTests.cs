using Keelson.Core;
using Keelson.Oci.Shims;
using Keelson.PodSandbox.Tests.Fakes;
using Keelson.Sandboxes;
using Keelson.Sandboxes.Host;

namespace Keelson.PodSandbox.Tests.Recovery;

public sealed class RecoveryTests
{
    public static TheoryData<string, string, bool, ContainerState, int, string> Matrix
    {
        get
        {
            // What the shim says; whether an exit record is there; what becomes of a container that was running.
            var data = new TheoryData<string, string, bool, ContainerState, int, string>();
            data.Add("running, shim has it running", "running", false, ContainerState.Running, 0, string.Empty);
            data.Add("running, shim saw its end", "ended", false, ContainerState.Exited, 5, "Error");
            data.Add("running, shim does not know it", "unknown", false, ContainerState.Exited, 255, "Unknown");
            data.Add("running, shim does not know it, record", "unknown", true, ContainerState.Exited, 42, "Error");
            data.Add("running, shim gone", "gone", false, ContainerState.Exited, 255, "Unknown");
            data.Add("running, shim gone, record", "gone", true, ContainerState.Exited, 42, "Error");
            data.Add("running, other boot", "reboot", false, ContainerState.Exited, 255, "Unknown");
            data.Add("running, other boot, record", "reboot", true, ContainerState.Exited, 42, "Error");
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task A_container_that_ran_is_what_shim_and_record_say(string name, string shim, bool record, ContainerState state, int code, string reason)
    {
        await using FakeNode node = await FakeNode.StartAsync();
        SandboxId sandbox = await node.RunAsync();
        ContainerId id = await node.StartAsync(sandbox);
        ContainerId created = await node.CreateAsync(sandbox, config => config with { Metadata = new ContainerMetadata("idle", 0) });
        await node.Runtime.DisposeAsync();
        if (record)
        {
            ExitRecord.TryWrite(node.Layout.ExitRecord(id).Value, new ProcessExit(id.Value, 42, 0, false, 1_900_000_000_000_000_000));
        }

        switch (shim)
        {
            case "ended":
                node.Shims.Of(sandbox).End(id.Value, 5);
                break;
            case "unknown":
                node.Shims.Of(sandbox).Forget(id.Value);
                break;
            case "gone":
                node.Shims.Crash(sandbox);
                break;
            case "reboot":
                node.Shims.Crash(sandbox);
                node.Host.BootId = "boot-2";
                break;
        }

        await node.RestartAsync();

        ContainerStatus status = node.Runtime.ContainerStatus(id).Status;
        Assert.True((state, code, reason) == (status.State, status.ExitCode, status.Reason), $"{name}: {status}");
        Assert.Equal(state == ContainerState.Exited, status.FinishedAtNanoseconds > 0);
        Assert.Equal(shim is not ("gone" or "reboot"), node.Runtime.SandboxStatus(sandbox).IsReady);
        Assert.Equal(ContainerState.Created, node.Runtime.ContainerStatus(created).State);
        await node.Runtime.RemoveSandboxAsync(sandbox, CancellationToken.None).WaitAsync(Samples.Patience);
        node.AssertNothingIsHeld();
    }

    [Fact]
    public async Task A_launch_the_old_daemon_did_not_record_is_found_running()
    {
        await using FakeNode node = await FakeNode.StartAsync();
        SandboxId sandbox = await node.RunAsync();
        ContainerId id = await node.CreateAsync(sandbox);
        await node.Runtime.DisposeAsync();
        node.Shims.Of(sandbox).Launch(id.Value);
        var store = new ContainerStore(node.Layout);
        store.Load(id).Update(status => status with { State = ContainerState.Starting });

        await node.RestartAsync();

        ContainerStatus status = node.Runtime.ContainerStatus(id).Status;
        Assert.Equal(ContainerState.Running, status.State);
        Assert.True(status.Pid > 0 && status.StartedAtNanoseconds > 0);
    }

    [Fact]
    public async Task Names_labels_and_addresses_survive_a_restart()
    {
        await using FakeNode node = await FakeNode.StartAsync();
        SandboxId sandbox = await node.RunAsync();
        SandboxSnapshot before = node.Runtime.SandboxStatus(sandbox);
        await node.RestartAsync();

        SandboxSnapshot after = node.Runtime.SandboxStatus(sandbox);
        Assert.Equal(before.Status.Addresses.ToArray(), after.Status.Addresses.ToArray());
        Assert.Equal(before.CreatedAtNanoseconds, after.CreatedAtNanoseconds);
        Assert.Equal(sandbox, await node.RunAsync());
    }

    [Fact]
    public async Task An_exit_after_the_restart_is_seen()
    {
        await using FakeNode node = await FakeNode.StartAsync();
        SandboxId sandbox = await node.RunAsync();
        ContainerId id = await node.StartAsync(sandbox);
        await node.RestartAsync();
        node.Shims.Of(sandbox).End(id.Value, 9);
        Assert.Equal(9, (await node.WaitAsync(id, ContainerState.Exited)).Status.ExitCode);
    }

    [Fact]
    public async Task A_damaged_record_is_put_aside_and_the_rest_is_taken_over()
    {
        await using FakeNode node = await FakeNode.StartAsync();
        SandboxId good = await node.RunAsync();
        SandboxId bad = await node.RunAsync(node.Sandbox("bad"));
        ContainerId container = await node.CreateAsync(good);
        await node.Runtime.DisposeAsync();
        Directory.CreateDirectory(node.Layout.Shim(bad).Value);
        File.WriteAllText(node.Layout.Sandbox(bad).Child("record.jsonl").Value, "{\n{\n");
        File.WriteAllText(node.Layout.Container(container).Child("record.jsonl").Value, "{\n{\n");
        Directory.CreateDirectory(node.Layout.Sandboxes.Child("not-an-id").Value);

        await node.RestartAsync();

        Assert.Equal(good, Assert.Single(node.Runtime.ListSandboxes(SandboxFilter.All)).Id);
        Assert.Empty(node.Runtime.ListContainers(ContainerFilter.All));
        Assert.Equal(3, Directory.GetDirectories(node.Layout.Quarantine.Value).Length);
        Assert.Equal([node.Runtime.SandboxStatus(good).Status.NetworkNamespacePath], node.Host.Namespaces.Keys);
        Assert.Equal(1, node.Shims.Running);
    }

    [Fact]
    public async Task A_container_whose_creation_was_cut_short_is_removed_and_not_put_aside()
    {
        await using FakeNode node = await FakeNode.StartAsync();
        await node.Runtime.DisposeAsync();
        HostPath directory = node.Layout.Container(ContainerId.New());
        Directory.CreateDirectory(directory.Child("volumes").Child("0").Value);
        await File.WriteAllTextAsync(directory.Child("volumes").Child("0").Child("half").Value, "half of a copy");

        await node.RestartAsync();

        Assert.False(Directory.Exists(directory.Value));
        Assert.False(Directory.Exists(node.Layout.Quarantine.Value));
    }

    [Fact]
    public async Task What_belongs_to_no_record_is_removed()
    {
        await using FakeNode node = await FakeNode.StartAsync();
        await node.Runtime.DisposeAsync();
        SandboxId lost = SandboxId.New();
        await node.Host.CreateNetworkNamespaceAsync(node.NamespaceNames.PathOf(lost), []);
        await File.WriteAllTextAsync(node.Options.NetworkNamespaces.Child("cni-of-somebody-else").Value, string.Empty);
        node.Host.MountSharedMemory(node.Layout.SharedMemory(lost), 1);
        node.Network.Attached[lost.Value] = "10.0.0.9";
        await node.Shims.StartAsync(lost, CancellationToken.None);
        Directory.CreateDirectory(node.Layout.Shim(lost).Value);
        Directory.CreateDirectory(node.Layout.Containers.Child(Trash.Prefix + "x").Value);

        await node.RestartAsync();

        node.AssertNothingIsHeld();
        Assert.True(File.Exists(node.Options.NetworkNamespaces.Child("cni-of-somebody-else").Value));
        Assert.Empty(Directory.EnumerateDirectories(node.Layout.Containers.Value));
    }

    [Fact]
    public async Task Network_namespaces_of_another_daemon_are_left_alone()
    {
        await using FakeNode node = await FakeNode.StartAsync();
        string own = node.NamespaceNames.PathOf(SandboxId.New());
        string others = new NetworkNamespaceNames(node.Options.NetworkNamespaces, HostPath.Parse("/run/another")).PathOf(SandboxId.New());
        string unmarked = node.Options.NetworkNamespaces.Child("keelson-0123456789ab").Value;
        foreach (string path in (string[])[own, others, unmarked])
        {
            await node.Host.CreateNetworkNamespaceAsync(path, []);
        }

        await node.RestartAsync();

        Assert.Equal(new[] { others, unmarked }.Order(StringComparer.Ordinal), node.Host.Namespaces.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_sandbox_keeps_the_network_namespace_it_was_recorded_with_whatever_its_name()
    {
        await using FakeNode node = await FakeNode.StartAsync();
        SandboxId id = await node.RunAsync();
        await node.Runtime.DisposeAsync();
        string path = node.Options.NetworkNamespaces.Child("keelson-" + id.Short).Value;
        new SandboxStore(node.Layout).Load(id).Update(status => status with { NetworkNamespacePath = path });
        node.Host.RemoveNetworkNamespace(node.NamespaceNames.PathOf(id));
        await node.Host.CreateNetworkNamespaceAsync(path, []);

        await node.RestartAsync();
        Assert.Equal([path], node.Host.Namespaces.Keys);

        await node.Runtime.RemoveSandboxAsync(id, CancellationToken.None).WaitAsync(Samples.Patience);
        node.AssertNothingIsHeld();
    }

    [Fact]
    public async Task Before_the_recovery_every_operation_is_unavailable()
    {
        await using FakeNode node = await FakeNode.StartAsync();
        await using PodRuntime early = PodRuntimeFactory.Create(node.Options, new PodRuntimeParts(
            node.Host, node.Shims, node.Network, node.Cgroups, node.Plans, node.Plans, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance));
        Assert.False(early.IsReady);
        Assert.Equal(ErrorKind.Unavailable, Assert.Throws<KeelsonException>(() => early.ListSandboxes(SandboxFilter.All)).Kind);
    }
}
