using Keelson.CriServer.Mapping;
using Keelson.CriServer.Registry;
using Keelson.Grpc;
using Keelson.Images;

namespace Keelson.CriServer.ImageApi;

/// <summary>The same list in pieces, for nodes where one message would be too large.</summary>
internal sealed class StreamImages(IImageService images)
{
    internal async Task HandleAsync(
        Cri.StreamImagesRequest request, IResponseStream<Cri.StreamImagesResponse> responses, CallContext call)
    {
        foreach (var piece in Pieces.Of(ListImages.Matching(images, request.Filter).Select(ImageMapping.ToCri)))
        {
            var response = new Cri.StreamImagesResponse();
            response.Images.Add(piece);
            await responses.WriteAsync(response, call.CancellationToken);
        }
    }
}
