using Keelson.CriServer.Configuration;
using Keelson.CriServer.ImageApi;
using Keelson.CriServer.RuntimeApi;
using Keelson.Grpc;
using Keelson.Images;
using Keelson.Sandboxes;

namespace Keelson.CriServer.Registry;

/// <summary>Which handler serves which call. What has none is in <see cref="UnimplementedCalls"/>; a test sees to it.</summary>
internal static class CallRegistry
{
    internal static MethodTable Build(IPodRuntime runtime, IImageService images, Settings settings)
    {
        var ready = new Readiness(runtime);
        var table = new MethodTable.Builder();
        AddNode(table, ready, runtime, settings);
        AddSandboxes(table, ready, runtime);
        AddContainers(table, ready, runtime, images);
        AddImages(table, ready, images);
        foreach ((string call, string reason) in UnimplementedCalls.Reasons)
        {
            table.Unimplemented(RuntimeMethods.Service, call, $"{call}: {reason}");
        }

        return table.Build();
    }

    private static void AddNode(MethodTable.Builder table, Readiness ready, IPodRuntime runtime, Settings settings) => table
        .Unary(RuntimeMethods.Version, new RuntimeApi.Version().HandleAsync)
        .Unary(RuntimeMethods.Status, new Status(runtime, settings).HandleAsync)
        .Unary(RuntimeMethods.RuntimeConfig, new RuntimeConfig().HandleAsync)
        .Unary(RuntimeMethods.UpdateRuntimeConfig, ready.Await<Cri.UpdateRuntimeConfigRequest, Cri.UpdateRuntimeConfigResponse>(
            new UpdateRuntimeConfig(runtime).HandleAsync));

    private static void AddSandboxes(MethodTable.Builder table, Readiness ready, IPodRuntime runtime) => table
        .Unary(RuntimeMethods.RunPodSandbox, ready.Await<Cri.RunPodSandboxRequest, Cri.RunPodSandboxResponse>(
            new RunPodSandbox(runtime).HandleAsync))
        .Unary(RuntimeMethods.StopPodSandbox, ready.Await<Cri.StopPodSandboxRequest, Cri.StopPodSandboxResponse>(
            new StopPodSandbox(runtime).HandleAsync))
        .Unary(RuntimeMethods.RemovePodSandbox, ready.Await<Cri.RemovePodSandboxRequest, Cri.RemovePodSandboxResponse>(
            new RemovePodSandbox(runtime).HandleAsync))
        .Unary(RuntimeMethods.PodSandboxStatus, ready.Await<Cri.PodSandboxStatusRequest, Cri.PodSandboxStatusResponse>(
            new RuntimeApi.PodSandboxStatus(runtime).HandleAsync))
        .Unary(RuntimeMethods.ListPodSandbox, ready.Await<Cri.ListPodSandboxRequest, Cri.ListPodSandboxResponse>(
            new ListPodSandbox(runtime).HandleAsync))
        .ServerStreaming(RuntimeMethods.StreamPodSandboxes, ready.Await<Cri.StreamPodSandboxesRequest, Cri.StreamPodSandboxesResponse>(
            new StreamPodSandboxes(runtime).HandleAsync))
        .Unary(RuntimeMethods.PodSandboxStats, ready.Await<Cri.PodSandboxStatsRequest, Cri.PodSandboxStatsResponse>(
            new RuntimeApi.PodSandboxStats(runtime).HandleAsync))
        .Unary(RuntimeMethods.ListPodSandboxStats, ready.Await<Cri.ListPodSandboxStatsRequest, Cri.ListPodSandboxStatsResponse>(
            new ListPodSandboxStats(runtime).HandleAsync))
        .ServerStreaming(RuntimeMethods.StreamPodSandboxStats, ready.Await<Cri.StreamPodSandboxStatsRequest, Cri.StreamPodSandboxStatsResponse>(
            new StreamPodSandboxStats(runtime).HandleAsync))
        .Unary(RuntimeMethods.UpdatePodSandboxResources, ready.Await<Cri.UpdatePodSandboxResourcesRequest, Cri.UpdatePodSandboxResourcesResponse>(
            new UpdatePodSandboxResources(runtime).HandleAsync))
        .ServerStreaming(RuntimeMethods.GetContainerEvents, ready.Await<Cri.GetEventsRequest, Cri.ContainerEventResponse>(
            new GetContainerEvents(runtime).HandleAsync));

    private static void AddContainers(MethodTable.Builder table, Readiness ready, IPodRuntime runtime, IImageService images) => table
        .Unary(RuntimeMethods.CreateContainer, ready.Await<Cri.CreateContainerRequest, Cri.CreateContainerResponse>(
            new CreateContainer(runtime, images).HandleAsync))
        .Unary(RuntimeMethods.StartContainer, ready.Await<Cri.StartContainerRequest, Cri.StartContainerResponse>(
            new StartContainer(runtime).HandleAsync))
        .Unary(RuntimeMethods.StopContainer, ready.Await<Cri.StopContainerRequest, Cri.StopContainerResponse>(
            new StopContainer(runtime).HandleAsync))
        .Unary(RuntimeMethods.RemoveContainer, ready.Await<Cri.RemoveContainerRequest, Cri.RemoveContainerResponse>(
            new RemoveContainer(runtime).HandleAsync))
        .Unary(RuntimeMethods.ListContainers, ready.Await<Cri.ListContainersRequest, Cri.ListContainersResponse>(
            new ListContainers(runtime).HandleAsync))
        .ServerStreaming(RuntimeMethods.StreamContainers, ready.Await<Cri.StreamContainersRequest, Cri.StreamContainersResponse>(
            new StreamContainers(runtime).HandleAsync))
        .Unary(RuntimeMethods.ContainerStatus, ready.Await<Cri.ContainerStatusRequest, Cri.ContainerStatusResponse>(
            new RuntimeApi.ContainerStatus(runtime).HandleAsync))
        .Unary(RuntimeMethods.UpdateContainerResources, ready.Await<Cri.UpdateContainerResourcesRequest, Cri.UpdateContainerResourcesResponse>(
            new UpdateContainerResources(runtime).HandleAsync))
        .Unary(RuntimeMethods.ReopenContainerLog, ready.Await<Cri.ReopenContainerLogRequest, Cri.ReopenContainerLogResponse>(
            new ReopenContainerLog(runtime).HandleAsync))
        .Unary(RuntimeMethods.ExecSync, ready.Await<Cri.ExecSyncRequest, Cri.ExecSyncResponse>(
            new ExecSync(runtime).HandleAsync))
        .Unary(RuntimeMethods.ContainerStats, ready.Await<Cri.ContainerStatsRequest, Cri.ContainerStatsResponse>(
            new RuntimeApi.ContainerStats(runtime).HandleAsync))
        .Unary(RuntimeMethods.ListContainerStats, ready.Await<Cri.ListContainerStatsRequest, Cri.ListContainerStatsResponse>(
            new ListContainerStats(runtime).HandleAsync))
        .ServerStreaming(RuntimeMethods.StreamContainerStats, ready.Await<Cri.StreamContainerStatsRequest, Cri.StreamContainerStatsResponse>(
            new StreamContainerStats(runtime).HandleAsync));

    private static void AddImages(MethodTable.Builder table, Readiness ready, IImageService images) => table
        .Unary(ImageMethods.ListImages, ready.Await<Cri.ListImagesRequest, Cri.ListImagesResponse>(
            new ListImages(images).HandleAsync))
        .ServerStreaming(ImageMethods.StreamImages, ready.Await<Cri.StreamImagesRequest, Cri.StreamImagesResponse>(
            new StreamImages(images).HandleAsync))
        .Unary(ImageMethods.ImageStatus, ready.Await<Cri.ImageStatusRequest, Cri.ImageStatusResponse>(
            new ImageStatus(images).HandleAsync))
        .Unary(ImageMethods.PullImage, ready.Await<Cri.PullImageRequest, Cri.PullImageResponse>(
            new PullImage(images).HandleAsync))
        .Unary(ImageMethods.RemoveImage, ready.Await<Cri.RemoveImageRequest, Cri.RemoveImageResponse>(
            new RemoveImage(images).HandleAsync))
        .Unary(ImageMethods.ImageFsInfo, ready.Await<Cri.ImageFsInfoRequest, Cri.ImageFsInfoResponse>(
            new ImageFsInfo(images).HandleAsync));
}
