using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Keelson.CriTest.Sandboxes;

public sealed class PortMappingTests(CriTarget target) : CriTest(target)
{
    [Fact]
    public async Task A_host_port_leads_to_the_pod()
    {
        int port = FreePort();
        Pod pod = await RunPodAsync(config => config.PortMappings.Add(
            new Cri.PortMapping { Protocol = Cri.Protocol.Tcp, ContainerPort = 8080, HostPort = port }));
        await StartAsync(pod, Shell("while :; do echo mapped | nc -l -p 8080; done"));

        string address = HostAddress();
        await Eventually.IsTrueAsync("the host port answers", async () => await ReadAsync(address, port) == "mapped\n");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Any, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Any address but loopback: for that, portmap needs route_localnet.</summary>
    private static string HostAddress()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect("192.0.2.1", 9);
        return ((IPEndPoint)socket.LocalEndPoint!).Address.ToString();
    }

    private static async Task<string> ReadAsync(string address, int port)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(address, port, deadline.Token);
            byte[] buffer = new byte[64];
            int read = await client.GetStream().ReadAsync(buffer, deadline.Token);
            return Encoding.ASCII.GetString(buffer, 0, read);
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
        {
            return "";
        }
    }
}
