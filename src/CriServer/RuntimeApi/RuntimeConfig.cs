using Keelson.Grpc;

namespace Keelson.CriServer.RuntimeApi;

/// <summary>What the kubelet adapts to, constant for the life of the node.</summary>
internal sealed class RuntimeConfig
{
    /// <summary>We write the cgroup tree ourselves; leaving this out would mean systemd, the enumeration's zero.</summary>
    internal Task<Cri.RuntimeConfigResponse> HandleAsync(Cri.RuntimeConfigRequest request, CallContext call) =>
        Task.FromResult(new Cri.RuntimeConfigResponse
        {
            Linux = new Cri.LinuxRuntimeConfiguration { CgroupDriver = Cri.CgroupDriver.Cgroupfs },
        });
}
