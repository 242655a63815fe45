using Keelson.CriServer.Mapping;
using Keelson.Grpc;
using Keelson.Images;

namespace Keelson.CriServer.ImageApi;

/// <summary>One image. A missing one is an empty answer: the kubelet asks in order to find out.</summary>
internal sealed class ImageStatus(IImageService images)
{
    internal async Task<Cri.ImageStatusResponse> HandleAsync(Cri.ImageStatusRequest request, CallContext call)
    {
        var response = new Cri.ImageStatusResponse();
        if (images.Find(ImageMapping.Name(request.Image)) is { } image)
        {
            response.Image = ImageMapping.ToCri(image);
            if (request.Verbose)
            {
                response.Info.Add(InfoMap.Key, $"{{\"imageSpec\":{await images.ConfigAsync(image, call.CancellationToken)}}}");
            }
        }

        return response;
    }
}
