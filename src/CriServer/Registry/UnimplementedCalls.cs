using System.Collections.Frozen;

namespace Keelson.CriServer.Registry;

/// <summary>
/// The calls of RuntimeService without a handler, and what clients lose. The server answers them with Unimplemented and
/// this reason; the kubelet has a fallback for it where one is possible.
/// </summary>
internal static class UnimplementedCalls
{
    internal static FrozenDictionary<string, string> Reasons { get; } = new Dictionary<string, string>
    {
        ["Exec"] = "needs the streaming server; ExecSync works",
        ["Attach"] = "needs the streaming server",
        ["PortForward"] = "needs the streaming server",
        ["CheckpointContainer"] = "needs CRIU",
        ["CheckpointPod"] = "needs CRIU",
        ["RestorePod"] = "needs CRIU",
        ["ListMetricDescriptors"] = "behind a feature gate of the kubelet that is off",
        ["ListPodSandboxMetrics"] = "behind a feature gate of the kubelet that is off",
        ["StreamPodSandboxMetrics"] = "behind a feature gate of the kubelet that is off",
    }.ToFrozenDictionary(StringComparer.Ordinal);
}
