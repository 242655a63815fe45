using Keelson.Oci.Shims;
using Keelson.Oci.Shims.Protocol;

namespace Keelson.Runtime.Tests.Shims;

/// <summary>A node has a connection for each pod, so what one keeps is kept a hundred times.</summary>
[Collection(AloneCollection.Name)]
public sealed class ShimClientMemoryTests
{
    [Fact]
    public async Task Connections_keep_nothing_of_the_plans_they_have_sent()
    {
        const int PlanBytes = 60 * 1024;
        const int Pods = 16;
        var shims = new List<FakeShim>();
        var clients = new List<ShimClient>();
        for (int i = 0; i < Pods; i++)
        {
            shims.Add(new FakeShim());
            clients.Add(await shims[i].ConnectAsync());
        }

        long before = GC.GetTotalMemory(forceFullCollection: true);
        await Task.WhenAll(shims.Zip(clients, (shim, client) => LaunchAsync(shim, client, PlanBytes)));

        long kept = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.InRange(kept, long.MinValue, Pods * PlanBytes / 4);

        foreach ((ShimClient client, FakeShim shim) in clients.Zip(shims))
        {
            await client.DisposeAsync();
            await shim.DisposeAsync();
        }
    }

    private static async Task LaunchAsync(FakeShim shim, ShimClient client, int planBytes)
    {
        Task<LaunchOutcome> launch = client.LaunchAsync(new LaunchRequest { ProcessId = "web", Plan = new byte[planBytes] }, FakeShim.Soon());
        (FrameHeader request, _) = await shim.ReceiveAsync();
        await shim.SendAsync(FrameKind.Launched, request.RequestId, writer => ShimCodec.Write(writer, new LaunchOutcome(1, 1, -1, 0, null)));
        await launch;
    }
}
