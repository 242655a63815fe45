using Keelson.Grpc;

namespace Keelson.CriServer.Registry;

/// <summary>The calls of <c>RuntimeService</c>, as server and command line share them.</summary>
internal static class RuntimeMethods
{
    internal const string Service = "runtime.v1.RuntimeService";

    internal static RpcMethod<Cri.VersionRequest, Cri.VersionResponse> Version { get; } =
        new(Service, nameof(Version), Cri.VersionRequest.Parser, Cri.VersionResponse.Parser);

    internal static RpcMethod<Cri.RunPodSandboxRequest, Cri.RunPodSandboxResponse> RunPodSandbox { get; } =
        new(Service, nameof(RunPodSandbox), Cri.RunPodSandboxRequest.Parser, Cri.RunPodSandboxResponse.Parser);

    internal static RpcMethod<Cri.StopPodSandboxRequest, Cri.StopPodSandboxResponse> StopPodSandbox { get; } =
        new(Service, nameof(StopPodSandbox), Cri.StopPodSandboxRequest.Parser, Cri.StopPodSandboxResponse.Parser);

    internal static RpcMethod<Cri.RemovePodSandboxRequest, Cri.RemovePodSandboxResponse> RemovePodSandbox { get; } =
        new(Service, nameof(RemovePodSandbox), Cri.RemovePodSandboxRequest.Parser, Cri.RemovePodSandboxResponse.Parser);

    internal static RpcMethod<Cri.PodSandboxStatusRequest, Cri.PodSandboxStatusResponse> PodSandboxStatus { get; } =
        new(Service, nameof(PodSandboxStatus), Cri.PodSandboxStatusRequest.Parser, Cri.PodSandboxStatusResponse.Parser);

    internal static RpcMethod<Cri.ListPodSandboxRequest, Cri.ListPodSandboxResponse> ListPodSandbox { get; } =
        new(Service, nameof(ListPodSandbox), Cri.ListPodSandboxRequest.Parser, Cri.ListPodSandboxResponse.Parser);

    internal static RpcMethod<Cri.StreamPodSandboxesRequest, Cri.StreamPodSandboxesResponse> StreamPodSandboxes { get; } =
        new(Service, nameof(StreamPodSandboxes), Cri.StreamPodSandboxesRequest.Parser, Cri.StreamPodSandboxesResponse.Parser);

    internal static RpcMethod<Cri.CreateContainerRequest, Cri.CreateContainerResponse> CreateContainer { get; } =
        new(Service, nameof(CreateContainer), Cri.CreateContainerRequest.Parser, Cri.CreateContainerResponse.Parser);

    internal static RpcMethod<Cri.StartContainerRequest, Cri.StartContainerResponse> StartContainer { get; } =
        new(Service, nameof(StartContainer), Cri.StartContainerRequest.Parser, Cri.StartContainerResponse.Parser);

    internal static RpcMethod<Cri.StopContainerRequest, Cri.StopContainerResponse> StopContainer { get; } =
        new(Service, nameof(StopContainer), Cri.StopContainerRequest.Parser, Cri.StopContainerResponse.Parser);

    internal static RpcMethod<Cri.RemoveContainerRequest, Cri.RemoveContainerResponse> RemoveContainer { get; } =
        new(Service, nameof(RemoveContainer), Cri.RemoveContainerRequest.Parser, Cri.RemoveContainerResponse.Parser);

    internal static RpcMethod<Cri.ListContainersRequest, Cri.ListContainersResponse> ListContainers { get; } =
        new(Service, nameof(ListContainers), Cri.ListContainersRequest.Parser, Cri.ListContainersResponse.Parser);

    internal static RpcMethod<Cri.StreamContainersRequest, Cri.StreamContainersResponse> StreamContainers { get; } =
        new(Service, nameof(StreamContainers), Cri.StreamContainersRequest.Parser, Cri.StreamContainersResponse.Parser);

    internal static RpcMethod<Cri.ContainerStatusRequest, Cri.ContainerStatusResponse> ContainerStatus { get; } =
        new(Service, nameof(ContainerStatus), Cri.ContainerStatusRequest.Parser, Cri.ContainerStatusResponse.Parser);

    internal static RpcMethod<Cri.UpdateContainerResourcesRequest, Cri.UpdateContainerResourcesResponse> UpdateContainerResources { get; } =
        new(Service, nameof(UpdateContainerResources), Cri.UpdateContainerResourcesRequest.Parser, Cri.UpdateContainerResourcesResponse.Parser);

    internal static RpcMethod<Cri.ReopenContainerLogRequest, Cri.ReopenContainerLogResponse> ReopenContainerLog { get; } =
        new(Service, nameof(ReopenContainerLog), Cri.ReopenContainerLogRequest.Parser, Cri.ReopenContainerLogResponse.Parser);

    internal static RpcMethod<Cri.ExecSyncRequest, Cri.ExecSyncResponse> ExecSync { get; } =
        new(Service, nameof(ExecSync), Cri.ExecSyncRequest.Parser, Cri.ExecSyncResponse.Parser);

    internal static RpcMethod<Cri.ExecRequest, Cri.ExecResponse> Exec { get; } =
        new(Service, nameof(Exec), Cri.ExecRequest.Parser, Cri.ExecResponse.Parser);

    internal static RpcMethod<Cri.AttachRequest, Cri.AttachResponse> Attach { get; } =
        new(Service, nameof(Attach), Cri.AttachRequest.Parser, Cri.AttachResponse.Parser);

    internal static RpcMethod<Cri.PortForwardRequest, Cri.PortForwardResponse> PortForward { get; } =
        new(Service, nameof(PortForward), Cri.PortForwardRequest.Parser, Cri.PortForwardResponse.Parser);

    internal static RpcMethod<Cri.ContainerStatsRequest, Cri.ContainerStatsResponse> ContainerStats { get; } =
        new(Service, nameof(ContainerStats), Cri.ContainerStatsRequest.Parser, Cri.ContainerStatsResponse.Parser);

    internal static RpcMethod<Cri.ListContainerStatsRequest, Cri.ListContainerStatsResponse> ListContainerStats { get; } =
        new(Service, nameof(ListContainerStats), Cri.ListContainerStatsRequest.Parser, Cri.ListContainerStatsResponse.Parser);

    internal static RpcMethod<Cri.StreamContainerStatsRequest, Cri.StreamContainerStatsResponse> StreamContainerStats { get; } =
        new(Service, nameof(StreamContainerStats), Cri.StreamContainerStatsRequest.Parser, Cri.StreamContainerStatsResponse.Parser);

    internal static RpcMethod<Cri.PodSandboxStatsRequest, Cri.PodSandboxStatsResponse> PodSandboxStats { get; } =
        new(Service, nameof(PodSandboxStats), Cri.PodSandboxStatsRequest.Parser, Cri.PodSandboxStatsResponse.Parser);

    internal static RpcMethod<Cri.ListPodSandboxStatsRequest, Cri.ListPodSandboxStatsResponse> ListPodSandboxStats { get; } =
        new(Service, nameof(ListPodSandboxStats), Cri.ListPodSandboxStatsRequest.Parser, Cri.ListPodSandboxStatsResponse.Parser);

    internal static RpcMethod<Cri.StreamPodSandboxStatsRequest, Cri.StreamPodSandboxStatsResponse> StreamPodSandboxStats { get; } =
        new(Service, nameof(StreamPodSandboxStats), Cri.StreamPodSandboxStatsRequest.Parser, Cri.StreamPodSandboxStatsResponse.Parser);

    internal static RpcMethod<Cri.UpdateRuntimeConfigRequest, Cri.UpdateRuntimeConfigResponse> UpdateRuntimeConfig { get; } =
        new(Service, nameof(UpdateRuntimeConfig), Cri.UpdateRuntimeConfigRequest.Parser, Cri.UpdateRuntimeConfigResponse.Parser);

    internal static RpcMethod<Cri.StatusRequest, Cri.StatusResponse> Status { get; } =
        new(Service, nameof(Status), Cri.StatusRequest.Parser, Cri.StatusResponse.Parser);

    internal static RpcMethod<Cri.CheckpointContainerRequest, Cri.CheckpointContainerResponse> CheckpointContainer { get; } =
        new(Service, nameof(CheckpointContainer), Cri.CheckpointContainerRequest.Parser, Cri.CheckpointContainerResponse.Parser);

    internal static RpcMethod<Cri.CheckpointPodRequest, Cri.CheckpointPodResponse> CheckpointPod { get; } =
        new(Service, nameof(CheckpointPod), Cri.CheckpointPodRequest.Parser, Cri.CheckpointPodResponse.Parser);

    internal static RpcMethod<Cri.RestorePodRequest, Cri.RestorePodResponse> RestorePod { get; } =
        new(Service, nameof(RestorePod), Cri.RestorePodRequest.Parser, Cri.RestorePodResponse.Parser);

    internal static RpcMethod<Cri.GetEventsRequest, Cri.ContainerEventResponse> GetContainerEvents { get; } =
        new(Service, nameof(GetContainerEvents), Cri.GetEventsRequest.Parser, Cri.ContainerEventResponse.Parser);

    internal static RpcMethod<Cri.ListMetricDescriptorsRequest, Cri.ListMetricDescriptorsResponse> ListMetricDescriptors { get; } =
        new(Service, nameof(ListMetricDescriptors), Cri.ListMetricDescriptorsRequest.Parser, Cri.ListMetricDescriptorsResponse.Parser);

    internal static RpcMethod<Cri.ListPodSandboxMetricsRequest, Cri.ListPodSandboxMetricsResponse> ListPodSandboxMetrics { get; } =
        new(Service, nameof(ListPodSandboxMetrics), Cri.ListPodSandboxMetricsRequest.Parser, Cri.ListPodSandboxMetricsResponse.Parser);

    internal static RpcMethod<Cri.StreamPodSandboxMetricsRequest, Cri.StreamPodSandboxMetricsResponse> StreamPodSandboxMetrics { get; } =
        new(Service, nameof(StreamPodSandboxMetrics), Cri.StreamPodSandboxMetricsRequest.Parser, Cri.StreamPodSandboxMetricsResponse.Parser);

    internal static RpcMethod<Cri.RuntimeConfigRequest, Cri.RuntimeConfigResponse> RuntimeConfig { get; } =
        new(Service, nameof(RuntimeConfig), Cri.RuntimeConfigRequest.Parser, Cri.RuntimeConfigResponse.Parser);

    internal static RpcMethod<Cri.UpdatePodSandboxResourcesRequest, Cri.UpdatePodSandboxResourcesResponse> UpdatePodSandboxResources { get; } =
        new(Service, nameof(UpdatePodSandboxResources), Cri.UpdatePodSandboxResourcesRequest.Parser, Cri.UpdatePodSandboxResourcesResponse.Parser);
}
