using Google.Protobuf;

namespace Keelson.TestKit;

/// <summary>One method per CRI call, as a kubelet would make it. A status other than OK is a <see cref="CriException"/>.</summary>
public sealed class CriClient : IDisposable
{
    /// <summary>The kubelet's runtimeRequestTimeout is two minutes; tests are less patient.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(60);

    private readonly CriTransport _transport;

    public CriClient(string endpoint)
    {
        SocketPath = endpoint.StartsWith("unix://", StringComparison.Ordinal) ? endpoint["unix://".Length..] : endpoint;
        _transport = new CriTransport(SocketPath);
    }

    public string SocketPath { get; }

    public string Endpoint => "unix://" + SocketPath;

    public Task<Cri.VersionResponse> VersionAsync(Cri.VersionRequest request, TimeSpan? timeout = null) =>
        RuntimeAsync("Version", request, Cri.VersionResponse.Parser, timeout);

    public Task<Cri.RunPodSandboxResponse> RunPodSandboxAsync(Cri.RunPodSandboxRequest request, TimeSpan? timeout = null) =>
        RuntimeAsync("RunPodSandbox", request, Cri.RunPodSandboxResponse.Parser, timeout);

    public Task<Cri.StopPodSandboxResponse> StopPodSandboxAsync(Cri.StopPodSandboxRequest request, TimeSpan? timeout = null) =>
        RuntimeAsync("StopPodSandbox", request, Cri.StopPodSandboxResponse.Parser, timeout);

    public Task<Cri.RemovePodSandboxResponse> RemovePodSandboxAsync(Cri.RemovePodSandboxRequest request, TimeSpan? timeout = null) =>
        RuntimeAsync("RemovePodSandbox", request, Cri.RemovePodSandboxResponse.Parser, timeout);

    public Task<Cri.PodSandboxStatusResponse> PodSandboxStatusAsync(Cri.PodSandboxStatusRequest request, TimeSpan? timeout = null) =>
        RuntimeAsync("PodSandboxStatus", request, Cri.PodSandboxStatusResponse.Parser, timeout);

    public Task<Cri.ListPodSandboxResponse> ListPodSandboxAsync(Cri.ListPodSandboxRequest request, TimeSpan? timeout = null) =>
        RuntimeAsync("ListPodSandbox", request, Cri.ListPodSandboxResponse.Parser, timeout);

    public IAsyncEnumerable<Cri.StreamPodSandboxesResponse> StreamPodSandboxesAsync(Cri.StreamPodSandboxesRequest request, CancellationToken cancellationToken, TimeSpan? timeout = null) =>
        _transport.StreamAsync("RuntimeService", "StreamPodSandboxes", request, Cri.StreamPodSandboxesResponse.Parser, timeout ?? DefaultTimeout, cancellationToken);

    public Task<Cri.CreateContainerResponse> CreateContainerAsync(Cri.CreateContainerRequest request, TimeSpan? timeout = null) =>
        RuntimeAsync("CreateContainer", request, Cri.CreateContainerResponse.Parser, timeout);

    public Task<Cri.StartContainerResponse> StartContainerAsync(Cri.StartContainerRequest request, TimeSpan? timeout = null) =>
        RuntimeAsync("StartContainer", request, Cri.StartContainerResponse.Parser, timeout);

    public Task<Cri.StopContainerResponse> StopContainerAsync(Cri.StopContainerRequest request, TimeSpan? timeout = null) =>
        RuntimeAsync("StopContainer", request, Cri.StopContainerResponse.Parser, timeout);

    public Task<Cri.RemoveContainerResponse> RemoveContainerAsync(Cri.RemoveContainerRequest request, TimeSpan? timeout = null) =>
        RuntimeAsync("RemoveContainer", request, Cri.RemoveContainerResponse.Parser, timeout);

    public Task<Cri.ListContainersResponse> ListContainersAsync(Cri.ListContainersRequest request, TimeSpan? timeout = null) =>
        RuntimeAsync("ListContainers", request, Cri.ListContainersResponse.Parser, timeout);

    public IAsyncEnumerable<Cri.StreamContainersResponse> StreamContainersAsync(Cri.StreamContainersRequest request, CancellationToken cancellationToken, TimeSpan? timeout = null) =>
        _transport.StreamAsync("RuntimeService", "StreamContainers", request, Cri.StreamContainersResponse.Parser, timeout ?? DefaultTimeout, cancellationToken);

    public Task<Cri.ContainerStatusResponse> ContainerStatusAsync(Cri.ContainerStatusRequest request, TimeSpan? timeout = null) =>
        RuntimeAsync("ContainerStatus", request, Cri.ContainerStatusResponse.Parser, timeout);

    public Task<Cri.UpdateContainerResourcesResponse> UpdateContainerResourcesAsync(Cri.UpdateContainerResourcesRequest request, TimeSpan? timeout = null) =>
        RuntimeAsync("UpdateContainerResources", request, Cri.UpdateContainerResourcesResponse.Parser, timeout);

    public Task<Cri.ReopenContainerLogResponse> ReopenContainerLogAsync(Cri.ReopenContainerLogRequest request, TimeSpan? timeout = null) =>
        RuntimeAsync("ReopenContainerLog", request, Cri.ReopenContainerLogResponse.Parser, timeout);

    public Task<Cri.ExecSyncResponse> ExecSyncAsync(Cri.ExecSyncRequest request, TimeSpan? timeout = null) =>
        RuntimeAsync("ExecSync", request, Cri.ExecSyncResponse.Parser, timeout);

    public Task<Cri.ExecResponse> ExecAsync(Cri.ExecRequest request, TimeSpan? timeout = null) =>
        RuntimeAsync("Exec", request, Cri.ExecResponse.Parser, timeout);

    public Task<Cri.AttachResponse> AttachAsync(Cri.AttachRequest request, TimeSpan? timeout = null) =>
        RuntimeAsync("Attach", request, Cri.AttachResponse.Parser, timeout);

    public Task<Cri.PortForwardResponse> PortForwardAsync(Cri.PortForwardRequest request, TimeSpan? timeout = null) =>
        RuntimeAsync("PortForward", request, Cri.PortForwardResponse.Parser, timeout);

    public Task<Cri.ContainerStatsResponse> ContainerStatsAsync(Cri.ContainerStatsRequest request, TimeSpan? timeout = null) =>
        RuntimeAsync("ContainerStats", request, Cri.ContainerStatsResponse.Parser, timeout);

    public Task<Cri.ListContainerStatsResponse> ListContainerStatsAsync(Cri.ListContainerStatsRequest request, TimeSpan? timeout = null) =>
        RuntimeAsync("ListContainerStats", request, Cri.ListContainerStatsResponse.Parser, timeout);

    public IAsyncEnumerable<Cri.StreamContainerStatsResponse> StreamContainerStatsAsync(Cri.StreamContainerStatsRequest request, CancellationToken cancellationToken, TimeSpan? timeout = null) =>
        _transport.StreamAsync("RuntimeService", "StreamContainerStats", request, Cri.StreamContainerStatsResponse.Parser, timeout ?? DefaultTimeout, cancellationToken);

    public Task<Cri.PodSandboxStatsResponse> PodSandboxStatsAsync(Cri.PodSandboxStatsRequest request, TimeSpan? timeout = null) =>
        RuntimeAsync("PodSandboxStats", request, Cri.PodSandboxStatsResponse.Parser, timeout);

    public Task<Cri.ListPodSandboxStatsResponse> ListPodSandboxStatsAsync(Cri.ListPodSandboxStatsRequest request, TimeSpan? timeout = null) =>
        RuntimeAsync("ListPodSandboxStats", request, Cri.ListPodSandboxStatsResponse.Parser, timeout);

    public IAsyncEnumerable<Cri.StreamPodSandboxStatsResponse> StreamPodSandboxStatsAsync(Cri.StreamPodSandboxStatsRequest request, CancellationToken cancellationToken, TimeSpan? timeout = null) =>
        _transport.StreamAsync("RuntimeService", "StreamPodSandboxStats", request, Cri.StreamPodSandboxStatsResponse.Parser, timeout ?? DefaultTimeout, cancellationToken);

    public Task<Cri.UpdateRuntimeConfigResponse> UpdateRuntimeConfigAsync(Cri.UpdateRuntimeConfigRequest request, TimeSpan? timeout = null) =>
        RuntimeAsync("UpdateRuntimeConfig", request, Cri.UpdateRuntimeConfigResponse.Parser, timeout);

    public Task<Cri.StatusResponse> StatusAsync(Cri.StatusRequest request, TimeSpan? timeout = null) =>
        RuntimeAsync("Status", request, Cri.StatusResponse.Parser, timeout);

    public Task<Cri.CheckpointContainerResponse> CheckpointContainerAsync(Cri.CheckpointContainerRequest request, TimeSpan? timeout = null) =>
        RuntimeAsync("CheckpointContainer", request, Cri.CheckpointContainerResponse.Parser, timeout);

    public Task<Cri.CheckpointPodResponse> CheckpointPodAsync(Cri.CheckpointPodRequest request, TimeSpan? timeout = null) =>
        RuntimeAsync("CheckpointPod", request, Cri.CheckpointPodResponse.Parser, timeout);

    public Task<Cri.RestorePodResponse> RestorePodAsync(Cri.RestorePodRequest request, TimeSpan? timeout = null) =>
        RuntimeAsync("RestorePod", request, Cri.RestorePodResponse.Parser, timeout);

    public IAsyncEnumerable<Cri.ContainerEventResponse> GetContainerEventsAsync(Cri.GetEventsRequest request, CancellationToken cancellationToken, TimeSpan? timeout = null) =>
        _transport.StreamAsync("RuntimeService", "GetContainerEvents", request, Cri.ContainerEventResponse.Parser, timeout ?? DefaultTimeout, cancellationToken);

    public Task<Cri.ListMetricDescriptorsResponse> ListMetricDescriptorsAsync(Cri.ListMetricDescriptorsRequest request, TimeSpan? timeout = null) =>
        RuntimeAsync("ListMetricDescriptors", request, Cri.ListMetricDescriptorsResponse.Parser, timeout);

    public Task<Cri.ListPodSandboxMetricsResponse> ListPodSandboxMetricsAsync(Cri.ListPodSandboxMetricsRequest request, TimeSpan? timeout = null) =>
        RuntimeAsync("ListPodSandboxMetrics", request, Cri.ListPodSandboxMetricsResponse.Parser, timeout);

    public IAsyncEnumerable<Cri.StreamPodSandboxMetricsResponse> StreamPodSandboxMetricsAsync(Cri.StreamPodSandboxMetricsRequest request, CancellationToken cancellationToken, TimeSpan? timeout = null) =>
        _transport.StreamAsync("RuntimeService", "StreamPodSandboxMetrics", request, Cri.StreamPodSandboxMetricsResponse.Parser, timeout ?? DefaultTimeout, cancellationToken);

    public Task<Cri.RuntimeConfigResponse> RuntimeConfigAsync(Cri.RuntimeConfigRequest request, TimeSpan? timeout = null) =>
        RuntimeAsync("RuntimeConfig", request, Cri.RuntimeConfigResponse.Parser, timeout);

    public Task<Cri.UpdatePodSandboxResourcesResponse> UpdatePodSandboxResourcesAsync(Cri.UpdatePodSandboxResourcesRequest request, TimeSpan? timeout = null) =>
        RuntimeAsync("UpdatePodSandboxResources", request, Cri.UpdatePodSandboxResourcesResponse.Parser, timeout);

    public Task<Cri.ListImagesResponse> ListImagesAsync(Cri.ListImagesRequest request, TimeSpan? timeout = null) =>
        ImageAsync("ListImages", request, Cri.ListImagesResponse.Parser, timeout);

    public IAsyncEnumerable<Cri.StreamImagesResponse> StreamImagesAsync(Cri.StreamImagesRequest request, CancellationToken cancellationToken, TimeSpan? timeout = null) =>
        _transport.StreamAsync("ImageService", "StreamImages", request, Cri.StreamImagesResponse.Parser, timeout ?? DefaultTimeout, cancellationToken);

    public Task<Cri.ImageStatusResponse> ImageStatusAsync(Cri.ImageStatusRequest request, TimeSpan? timeout = null) =>
        ImageAsync("ImageStatus", request, Cri.ImageStatusResponse.Parser, timeout);

    public Task<Cri.PullImageResponse> PullImageAsync(Cri.PullImageRequest request, TimeSpan? timeout = null) =>
        ImageAsync("PullImage", request, Cri.PullImageResponse.Parser, timeout);

    public Task<Cri.RemoveImageResponse> RemoveImageAsync(Cri.RemoveImageRequest request, TimeSpan? timeout = null) =>
        ImageAsync("RemoveImage", request, Cri.RemoveImageResponse.Parser, timeout);

    public Task<Cri.ImageFsInfoResponse> ImageFsInfoAsync(Cri.ImageFsInfoRequest request, TimeSpan? timeout = null) =>
        ImageAsync("ImageFsInfo", request, Cri.ImageFsInfoResponse.Parser, timeout);

    public void Dispose() => _transport.Dispose();

    private Task<T> RuntimeAsync<T>(string method, IMessage request, MessageParser<T> parser, TimeSpan? timeout)
        where T : IMessage<T> =>
        _transport.UnaryAsync("RuntimeService", method, request, parser, timeout ?? DefaultTimeout);

    private Task<T> ImageAsync<T>(string method, IMessage request, MessageParser<T> parser, TimeSpan? timeout)
        where T : IMessage<T> =>
        _transport.UnaryAsync("ImageService", method, request, parser, timeout ?? DefaultTimeout);
}
