using Keelson.CriServer.Registry;
using Keelson.CriServer.Tests.Support;
using Keelson.Grpc;
using Keelson.Oci.Shims.Protocol;
using Keelson.Sandboxes;

namespace Keelson.CriServer.Tests.RuntimeApi;

public sealed class RuntimeApiTests : IAsyncLifetime
{
    private TestDaemon _daemon = null!;

    public async Task InitializeAsync()
    {
        _daemon = await TestDaemon.StartAsync();
        _daemon.Runtime.Sandboxes.Add(Samples.Sandbox);
        _daemon.Runtime.Containers.Add(Samples.Container);
    }

    public Task DisposeAsync() => _daemon.DisposeAsync().AsTask();

    [Fact]
    public async Task What_must_be_repeatable_takes_an_unknown_id_for_done()
    {
        await _daemon.CallAsync(RuntimeMethods.StopPodSandbox, new Cri.StopPodSandboxRequest { PodSandboxId = "f" });
        await _daemon.CallAsync(RuntimeMethods.RemovePodSandbox, new Cri.RemovePodSandboxRequest { PodSandboxId = "f" });
        await _daemon.CallAsync(RuntimeMethods.StopContainer, new Cri.StopContainerRequest { ContainerId = "f" });
        await _daemon.CallAsync(RuntimeMethods.RemoveContainer, new Cri.RemoveContainerRequest { ContainerId = "f" });
        Assert.Empty(_daemon.Runtime.Asked);
    }

    [Fact]
    public async Task Everything_else_answers_an_unknown_id_with_NotFound()
    {
        Assert.Equal(StatusCode.NotFound, await _daemon.FailsAsync(RuntimeMethods.PodSandboxStatus, new Cri.PodSandboxStatusRequest { PodSandboxId = "f" }));
        Assert.Equal(StatusCode.NotFound, await _daemon.FailsAsync(RuntimeMethods.ContainerStatus, new Cri.ContainerStatusRequest { ContainerId = "f" }));
        Assert.Equal(StatusCode.NotFound, await _daemon.FailsAsync(RuntimeMethods.StartContainer, new Cri.StartContainerRequest { ContainerId = "f" }));
        Assert.Equal(StatusCode.NotFound, await _daemon.FailsAsync(RuntimeMethods.ContainerStats, new Cri.ContainerStatsRequest { ContainerId = "f" }));
        Assert.Equal(StatusCode.NotFound, await _daemon.FailsAsync(RuntimeMethods.ExecSync, new Cri.ExecSyncRequest { ContainerId = "f", Cmd = { "x" } }));
        Assert.Equal(StatusCode.NotFound, await _daemon.FailsAsync(RuntimeMethods.ReopenContainerLog, new Cri.ReopenContainerLogRequest { ContainerId = "f" }));
        Assert.Equal(StatusCode.NotFound, await _daemon.FailsAsync(RuntimeMethods.UpdateContainerResources, new Cri.UpdateContainerResourcesRequest { ContainerId = "f" }));
        Assert.Equal(StatusCode.NotFound, await _daemon.FailsAsync(RuntimeMethods.PodSandboxStats, new Cri.PodSandboxStatsRequest { PodSandboxId = "f" }));
        Assert.Equal(StatusCode.NotFound, await _daemon.FailsAsync(RuntimeMethods.UpdatePodSandboxResources, new Cri.UpdatePodSandboxResourcesRequest { PodSandboxId = "f" }));
        Assert.Equal(StatusCode.NotFound, await _daemon.FailsAsync(RuntimeMethods.CreateContainer, new Cri.CreateContainerRequest { PodSandboxId = "f" }));
    }

    [Fact]
    public async Task An_empty_id_is_refused_and_never_the_first_object_that_comes()
    {
        Assert.Equal(StatusCode.InvalidArgument, await _daemon.FailsAsync(RuntimeMethods.StopPodSandbox, new Cri.StopPodSandboxRequest()));
        Assert.Equal(StatusCode.InvalidArgument, await _daemon.FailsAsync(RuntimeMethods.RemoveContainer, new Cri.RemoveContainerRequest()));
        Assert.Empty(_daemon.Runtime.Asked);
    }

    [Fact]
    public async Task The_beginning_of_an_id_is_enough()
    {
        await _daemon.CallAsync(RuntimeMethods.StopContainer, new Cri.StopContainerRequest { ContainerId = "cccc", Timeout = 7 });
        Assert.Equal(["stop cccccccccccc 00:00:07"], _daemon.Runtime.Asked);
    }

    [Theory]
    [InlineData(0, "00:00:00")]
    [InlineData(-5, "00:00:00")]
    [InlineData(long.MaxValue, "365.00:00:00")]
    public async Task A_grace_period_of_any_length_is_taken(long seconds, string grace)
    {
        await _daemon.CallAsync(RuntimeMethods.StopContainer, new Cri.StopContainerRequest { ContainerId = "c", Timeout = seconds });
        Assert.Equal([$"stop cccccccccccc {grace}"], _daemon.Runtime.Asked);
    }

    [Fact]
    public async Task A_sandbox_status_has_all_that_the_kubelet_compares()
    {
        Cri.PodSandboxStatusResponse response = await _daemon.CallAsync(
            RuntimeMethods.PodSandboxStatus, new Cri.PodSandboxStatusRequest { PodSandboxId = "a", Verbose = true });
        Cri.PodSandboxStatus status = response.Status;
        Assert.Equal((Samples.SandboxId.Value, Cri.PodSandboxState.SandboxReady, 123L), (status.Id, status.State, status.CreatedAt));
        Assert.Equal("{ \"name\": \"pod\", \"uid\": \"uid\", \"namespace\": \"ns\", \"attempt\": 2 }", status.Metadata.ToString());
        Assert.Equal(("10.0.0.5", "fd00::5"), (status.Network.Ip, Assert.Single(status.Network.AdditionalIps).Ip));
        Assert.Equal(Cri.NamespaceMode.Pod, status.Linux.Namespaces.Options.Network);
        Assert.Equal("x\ny", status.Annotations["a"]);
        Assert.Equal("{\"pid\":1}", response.Info["info"]);

        // Both or neither: a time without statuses would make the pod look empty.
        Assert.Equal(0, response.Timestamp);
        Assert.Empty(response.ContainersStatuses);
    }

    [Fact]
    public async Task A_container_status_has_all_that_the_kubelet_reads()
    {
        Cri.ContainerStatusResponse response = await _daemon.CallAsync(
            RuntimeMethods.ContainerStatus, new Cri.ContainerStatusRequest { ContainerId = "c", Verbose = true });
        Cri.ContainerStatus status = response.Status;
        Assert.Equal((Cri.ContainerState.ContainerExited, 124L, 125L, 126L, 137, "OOMKilled", "m"),
            (status.State, status.CreatedAt, status.StartedAt, status.FinishedAt, status.ExitCode, status.Reason, status.Message));
        Assert.Equal((FakeImages.Busybox.Value, "busybox", FakeImages.Busybox.Value), (status.Image.Image, status.Image.UserSpecifiedImage, status.ImageId));
        Assert.Equal($"docker.io/library/busybox@{FakeImages.Busybox}", status.ImageRef);
        Assert.Equal(("/dev/termination-log", "/var/lib/t"), (Assert.Single(status.Mounts).ContainerPath, status.Mounts[0].HostPath));
        Assert.Equal(("/var/log/pods/x/0.log", 512L, 1L, Cri.Signal.Sigusr1),
            (status.LogPath, status.Resources.Linux.CpuShares, status.User.Linux.Uid, status.StopSignal));
        Assert.Equal("{\"pid\":2}", response.Info["info"]);
    }

    [Fact]
    public async Task Lists_and_streams_give_the_same_objects()
    {
        Cri.Container listed = Assert.Single((await _daemon.CallAsync(RuntimeMethods.ListContainers, new Cri.ListContainersRequest())).Containers);
        var streamed = new List<Cri.Container>();
        await foreach (Cri.StreamContainersResponse piece in _daemon.Channel.StreamAsync(RuntimeMethods.StreamContainers, new Cri.StreamContainersRequest(), Waits.Patience, default))
        {
            streamed.AddRange(piece.Containers);
        }

        Assert.Equal([listed], streamed);
        Assert.Equal((Samples.SandboxId.Value, "app", 3u), (listed.PodSandboxId, listed.Metadata.Name, listed.Metadata.Attempt));
    }

    [Fact]
    public async Task A_filter_by_state_reaches_the_runtime()
    {
        var request = new Cri.ListPodSandboxRequest
        {
            Filter = new Cri.PodSandboxFilter { State = new Cri.PodSandboxStateValue { State = Cri.PodSandboxState.SandboxNotready } },
        };
        Assert.Empty((await _daemon.CallAsync(RuntimeMethods.ListPodSandbox, request)).Items);
        request.Filter.State.State = Cri.PodSandboxState.SandboxReady;
        Assert.Single((await _daemon.CallAsync(RuntimeMethods.ListPodSandbox, request)).Items);
    }

    [Fact]
    public async Task Counters_the_node_does_not_have_stay_absent()
    {
        Cri.ContainerStats stats = (await _daemon.CallAsync(RuntimeMethods.ContainerStats, new Cri.ContainerStatsRequest { ContainerId = "c" })).Stats;
        Assert.Equal((7ul, 5L), (stats.Cpu.UsageCoreNanoSeconds.Value, stats.Cpu.Timestamp));
        Assert.Null(stats.Cpu.UsageNanoCores);
        Assert.Null(stats.Memory);
        Assert.Null(stats.WritableLayer);
        Assert.Equal("app", stats.Attributes.Metadata.Name);
    }

    [Fact]
    public async Task The_most_output_that_a_shim_keeps_fits_the_largest_message_with_the_exit_code()
    {
        const int some = 1 << 20;
        _daemon.Runtime.ExecResult = new ExecSyncResult(255, new byte[ShimProtocol.MaxOutputBytes - some], new byte[some]);
        Cri.ExecSyncResponse response = await _daemon.CallAsync(
            RuntimeMethods.ExecSync, new Cri.ExecSyncRequest { ContainerId = "c", Cmd = { "a", "b" }, Timeout = 2 });
        Assert.Equal((255, ShimProtocol.MaxOutputBytes - some, some), (response.ExitCode, response.Stdout.Length, response.Stderr.Length));
        Assert.InRange(response.CalculateSize(), GrpcServerOptions.DefaultMaxMessageSize - 100, GrpcServerOptions.DefaultMaxMessageSize);
        Assert.Equal(["exec cccccccccccc a b 00:00:02"], _daemon.Runtime.Asked);
    }

    [Fact]
    public async Task What_a_pod_is_entitled_to_goes_to_the_runtime_and_what_is_not_said_stays_so()
    {
        await _daemon.CallAsync(RuntimeMethods.UpdatePodSandboxResources, new Cri.UpdatePodSandboxResourcesRequest
        {
            PodSandboxId = "aaa",
            Overhead = new() { MemoryLimitInBytes = 7 },
            Resources = new() { CpuShares = 300 },
        });
        await _daemon.CallAsync(RuntimeMethods.UpdatePodSandboxResources, new Cri.UpdatePodSandboxResourcesRequest { PodSandboxId = "a", Resources = new() { CpuShares = 4 } });
        Assert.Equal(["update sandbox aaaaaaaaaaaa 7 300", "update sandbox aaaaaaaaaaaa  4"], _daemon.Runtime.Asked);
    }

    [Fact]
    public async Task Exec_without_a_command_or_with_a_negative_timeout_is_refused()
    {
        Assert.Equal(StatusCode.InvalidArgument, await _daemon.FailsAsync(RuntimeMethods.ExecSync, new Cri.ExecSyncRequest { ContainerId = "c" }));
        Assert.Equal(StatusCode.InvalidArgument, await _daemon.FailsAsync(
            RuntimeMethods.ExecSync, new Cri.ExecSyncRequest { ContainerId = "c", Cmd = { "x" }, Timeout = -1 }));
    }

    [Fact]
    public async Task Events_carry_the_pod_and_all_its_containers()
    {
        _daemon.Runtime.Events.Add(new PodEvent(PodEventKind.Stopped, Samples.Sandbox, Samples.Container, 9));
        _daemon.Runtime.Events.Add(new PodEvent(PodEventKind.Deleted, Samples.Sandbox, null, 10));
        var events = new List<Cri.ContainerEventResponse>();
        await foreach (Cri.ContainerEventResponse e in _daemon.Channel.StreamAsync(RuntimeMethods.GetContainerEvents, new Cri.GetEventsRequest(), Waits.Patience, default))
        {
            events.Add(e);
        }

        Assert.Equal([Samples.ContainerId.Value, Samples.SandboxId.Value], events.Select(e => e.ContainerId));
        Assert.All(events, e => Assert.Equal(Samples.ContainerId.Value, Assert.Single(e.ContainersStatuses).Id));
        Assert.Equal(("pod", Cri.ContainerEventType.ContainerStoppedEvent), (events[0].PodSandboxStatus.Metadata.Name, events[0].ContainerEventType));
    }

    [Fact]
    public async Task The_cgroup_driver_is_said_to_be_cgroupfs()
    {
        Cri.RuntimeConfigResponse config = await _daemon.CallAsync(RuntimeMethods.RuntimeConfig, new Cri.RuntimeConfigRequest());
        Assert.Equal(Cri.CgroupDriver.Cgroupfs, config.Linux.CgroupDriver);
    }

    [Fact]
    public async Task Status_has_both_conditions_and_all_handlers_and_verbosely_the_configuration()
    {
        _daemon.Runtime.Network = new NetworkStatus(false, "NoConfiguration", "no CNI configuration in /x");
        Cri.StatusResponse status = await _daemon.CallAsync(RuntimeMethods.Status, new Cri.StatusRequest { Verbose = true });
        Assert.Equal(["RuntimeReady True ", "NetworkReady False NoConfiguration"], status.Status.Conditions.Select(c => $"{c.Type} {c.Status} {c.Reason}"));
        Assert.Equal(["", "crun"], status.RuntimeHandlers.Select(handler => handler.Name));
        Assert.True(status.RuntimeHandlers[1].Features.RecursiveReadOnlyMounts);
        Assert.Contains("\"log.level\":{\"value\":\"info\",\"origin\":\"default\"}", status.Info["config"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_pod_range_goes_to_the_runtime()
    {
        var request = new Cri.UpdateRuntimeConfigRequest
        {
            RuntimeConfig = new Cri.RuntimeConfig { NetworkConfig = new Cri.NetworkConfig { PodCidr = "10.1.0.0/24" } },
        };
        await _daemon.CallAsync(RuntimeMethods.UpdateRuntimeConfig, request);
        await _daemon.CallAsync(RuntimeMethods.UpdateRuntimeConfig, new Cri.UpdateRuntimeConfigRequest());
        Assert.Equal(["cidr 10.1.0.0/24"], _daemon.Runtime.Asked);
    }

    [Fact]
    public async Task A_call_that_is_not_there_yet_is_Unimplemented()
    {
        Assert.Equal(StatusCode.Unimplemented, await _daemon.FailsAsync(RuntimeMethods.CheckpointContainer, new Cri.CheckpointContainerRequest()));
    }

    [Fact]
    public async Task A_runtime_handler_that_is_not_configured_is_refused()
    {
        var request = new Cri.RunPodSandboxRequest { Config = ValidConfigs.Sandbox(), RuntimeHandler = "kata" };
        Assert.Equal(StatusCode.InvalidArgument, await _daemon.FailsAsync(RuntimeMethods.RunPodSandbox, request));
        request.RuntimeHandler = "";
        Assert.Equal(Samples.SandboxId.Value, (await _daemon.CallAsync(RuntimeMethods.RunPodSandbox, request)).PodSandboxId);
    }

    [Fact]
    public async Task A_container_of_an_image_that_is_not_there_is_NotFound()
    {
        var request = new Cri.CreateContainerRequest { PodSandboxId = "a", Config = ValidConfigs.Container() };
        Assert.Equal(StatusCode.NotFound, await _daemon.FailsAsync(RuntimeMethods.CreateContainer, request));
        Assert.Null(_daemon.Runtime.Creation);
    }
}
