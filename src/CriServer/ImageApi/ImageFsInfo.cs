using Keelson.CriServer.Mapping;
using Keelson.Grpc;
using Keelson.Images;

namespace Keelson.CriServer.ImageApi;

/// <summary>Disk use. Clients also probe the service with it when they connect.</summary>
internal sealed class ImageFsInfo(IImageService images)
{
    internal Task<Cri.ImageFsInfoResponse> HandleAsync(Cri.ImageFsInfoRequest request, CallContext call)
    {
        Cri.FilesystemUsage usage = ImageMapping.ToCri(images.Usage());
        var response = new Cri.ImageFsInfoResponse();
        response.ImageFilesystems.Add(usage);

        // Writable layers are on the same file system; the kubelet compares the two to see that.
        response.ContainerFilesystems.Add(usage);
        return Task.FromResult(response);
    }
}
