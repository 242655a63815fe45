using Google.Protobuf;
using Keelson.CriServer.Mapping;
using Keelson.CriServer.Registry;
using Keelson.Grpc;
using Keelson.Sandboxes;

namespace Keelson.CriServer.RuntimeApi;

/// <summary>Runs a command in a container and returns what it printed.</summary>
internal sealed class ExecSync(IPodRuntime runtime)
{
    internal async Task<Cri.ExecSyncResponse> HandleAsync(Cri.ExecSyncRequest request, CallContext call)
    {
        ContainerSnapshot container = ObjectLookup.Container(runtime, request.ContainerId);
        Invalid.Unless(request.Cmd.Count > 0, "cmd is empty");
        Invalid.Unless(request.Timeout is >= 0 and <= int.MaxValue, $"timeout of {request.Timeout} seconds is out of range");
        ExecSyncResult result = await runtime.ExecSyncAsync(
            container.Id, [.. request.Cmd], TimeSpan.FromSeconds(request.Timeout), call.CancellationToken);
        return new Cri.ExecSyncResponse
        {
            ExitCode = result.ExitCode,

            // The arrays are nobody else's by now; copying 16 MiB would only double them.
            Stdout = UnsafeByteOperations.UnsafeWrap(result.Stdout),
            Stderr = UnsafeByteOperations.UnsafeWrap(result.Stderr),
        };
    }
}
