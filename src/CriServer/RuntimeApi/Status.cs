using Keelson.CriServer.Configuration;
using Keelson.CriServer.Hosting;
using Keelson.CriServer.Mapping;
using Keelson.Grpc;
using Keelson.Oci.External;
using Keelson.Sandboxes;

namespace Keelson.CriServer.RuntimeApi;

/// <summary>Health, asked every five seconds: from memory only. Answered during recovery too, as not ready.</summary>
internal sealed class Status(IPodRuntime runtime, Settings settings)
{
    /// <summary>The kernel that has mount_setattr(2), which makes a whole tree of mounts read-only.</summary>
    private static readonly System.Version MountSetattr = new(5, 12);

    internal Task<Cri.StatusResponse> HandleAsync(Cri.StatusRequest request, CallContext call)
    {
        NetworkStatus network = runtime.NetworkStatus();
        var response = new Cri.StatusResponse
        {
            Status = new Cri.RuntimeStatus
            {
                Conditions =
                {
                    runtime.IsReady
                        ? Condition("RuntimeReady", true, "", "")
                        : Condition("RuntimeReady", false, "Recovering", "pods of an earlier run are being looked up"),
                    Condition("NetworkReady", network.Ready, network.Reason, network.Message),
                },
            },
            Features = new Cri.RuntimeFeatures { SupplementalGroupsPolicy = true },
        };

        // The default handler must be listed under the empty name.
        response.RuntimeHandlers.Add(new Cri.RuntimeHandler
        {
            Name = "",
            Features = new Cri.RuntimeHandlerFeatures { RecursiveReadOnlyMounts = Environment.OSVersion.Version >= MountSetattr },
        });
        foreach ((string name, OciFeatures? features) in runtime.RuntimeHandlers())
        {
            response.RuntimeHandlers.Add(new Cri.RuntimeHandler
            {
                Name = name,
                Features = new Cri.RuntimeHandlerFeatures { RecursiveReadOnlyMounts = features?.RecursiveReadOnlyMounts ?? false },
            });
        }

        if (request.Verbose)
        {
            response.Info.Add("config", SettingsJson.Write(settings));
        }

        return Task.FromResult(response);
    }

    private static Cri.RuntimeCondition Condition(string type, bool status, string reason, string message) =>
        new() { Type = type, Status = status, Reason = reason, Message = message };
}
