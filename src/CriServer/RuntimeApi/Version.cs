using Keelson.CriServer.Hosting;
using Keelson.Grpc;

namespace Keelson.CriServer.RuntimeApi;

/// <summary>The first call of every client; answered during recovery too.</summary>
internal sealed class Version
{
    private const string ApiVersion = "v1";

    /// <summary>The kubelet's own version of the interface, which it wants to hear back.</summary>
    private const string KubeletApiVersion = "0.1.0";

    internal Task<Cri.VersionResponse> HandleAsync(Cri.VersionRequest request, CallContext call) => Task.FromResult(new Cri.VersionResponse
    {
        Version = KubeletApiVersion,
        RuntimeName = Product.Name,
        RuntimeVersion = Product.Version,
        RuntimeApiVersion = ApiVersion,
    });
}
