using Keelson.Core;
using Keelson.CriServer.Mapping;
using Keelson.Grpc;
using Keelson.Images;

namespace Keelson.CriServer.ImageApi;

/// <summary>Fetches an image; the answer is the image's id. The kubelet sets no deadline.</summary>
internal sealed class PullImage(IImageService images)
{
    internal async Task<Cri.PullImageResponse> HandleAsync(Cri.PullImageRequest request, CallContext call)
    {
        var pull = new PullRequest(ImageMapping.Name(request.Image), ImageMapping.Credentials(request.Auth));
        Digest id = await images.PullAsync(pull, call.CancellationToken);
        return new Cri.PullImageResponse { ImageRef = id.Value };
    }
}
