using Keelson.Grpc;

namespace Keelson.CriServer.Registry;

/// <summary>The calls of <c>ImageService</c>, as server and command line share them.</summary>
internal static class ImageMethods
{
    internal const string Service = "runtime.v1.ImageService";

    internal static RpcMethod<Cri.ListImagesRequest, Cri.ListImagesResponse> ListImages { get; } =
        new(Service, nameof(ListImages), Cri.ListImagesRequest.Parser, Cri.ListImagesResponse.Parser);

    internal static RpcMethod<Cri.StreamImagesRequest, Cri.StreamImagesResponse> StreamImages { get; } =
        new(Service, nameof(StreamImages), Cri.StreamImagesRequest.Parser, Cri.StreamImagesResponse.Parser);

    internal static RpcMethod<Cri.ImageStatusRequest, Cri.ImageStatusResponse> ImageStatus { get; } =
        new(Service, nameof(ImageStatus), Cri.ImageStatusRequest.Parser, Cri.ImageStatusResponse.Parser);

    internal static RpcMethod<Cri.PullImageRequest, Cri.PullImageResponse> PullImage { get; } =
        new(Service, nameof(PullImage), Cri.PullImageRequest.Parser, Cri.PullImageResponse.Parser);

    internal static RpcMethod<Cri.RemoveImageRequest, Cri.RemoveImageResponse> RemoveImage { get; } =
        new(Service, nameof(RemoveImage), Cri.RemoveImageRequest.Parser, Cri.RemoveImageResponse.Parser);

    internal static RpcMethod<Cri.ImageFsInfoRequest, Cri.ImageFsInfoResponse> ImageFsInfo { get; } =
        new(Service, nameof(ImageFsInfo), Cri.ImageFsInfoRequest.Parser, Cri.ImageFsInfoResponse.Parser);
}
