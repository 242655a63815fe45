using Keelson.CriServer.Mapping;
using Keelson.Grpc;
using Keelson.Images;

namespace Keelson.CriServer.ImageApi;

/// <summary>The images on the node, from memory.</summary>
internal sealed class ListImages(IImageService images)
{
    internal Task<Cri.ListImagesResponse> HandleAsync(Cri.ListImagesRequest request, CallContext call)
    {
        var response = new Cri.ListImagesResponse();
        response.Images.Add(Matching(images, request.Filter).Select(ImageMapping.ToCri));
        return Task.FromResult(response);
    }

    internal static IEnumerable<ImageRecord> Matching(IImageService images, Cri.ImageFilter? filter)
    {
        if (filter?.Image is not { Image.Length: > 0 } spec)
        {
            return images.List();
        }

        return images.Find(spec.Image) is { } image ? [image] : [];
    }
}
