using Keelson.CriServer.Mapping;
using Keelson.Grpc;
using Keelson.Images;

namespace Keelson.CriServer.ImageApi;

/// <summary>Removes an image with all its names. One that is not there is removed.</summary>
internal sealed class RemoveImage(IImageService images)
{
    internal async Task<Cri.RemoveImageResponse> HandleAsync(Cri.RemoveImageRequest request, CallContext call)
    {
        await images.RemoveAsync(ImageMapping.Name(request.Image), call.CancellationToken);
        return new Cri.RemoveImageResponse();
    }
}
