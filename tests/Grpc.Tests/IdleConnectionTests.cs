using System.Net.Sockets;
using Keelson.Grpc.Tests.Support;

namespace Keelson.Grpc.Tests;

public sealed class IdleConnectionTests
{
    // Kestrel looks at its timeouts once a second.
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(2.5);

    private const byte GoAway = 7;

    [Fact]
    public async Task A_connection_stays_open_however_long_nothing_is_asked()
    {
        await using TestServer server = await TestServer.StartAsync();
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await client.ConnectAsync(new UnixDomainSocketEndPoint(server.SocketPath));
        byte[] settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
        await client.SendAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray().Concat(settings).ToArray());

        Assert.DoesNotContain(GoAway, await FrameTypesAsync(client));
    }

    [Fact]
    public async Task A_client_that_is_slow_to_begin_is_not_sent_away()
    {
        await using TestServer server = await TestServer.StartAsync();
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await client.ConnectAsync(new UnixDomainSocketEndPoint(server.SocketPath));

        Assert.DoesNotContain(GoAway, await FrameTypesAsync(client));
    }

    /// <summary>What the server sends until it has been silent for a while; a connection that it closes has failed the test.</summary>
    private static async Task<List<byte>> FrameTypesAsync(Socket client)
    {
        List<byte> types = [];
        while (true)
        {
            using var silence = new CancellationTokenSource(Idle);
            try
            {
                byte[] header = await ReadAsync(client, 9, silence.Token);
                types.Add(header[3]);
                await ReadAsync(client, (header[0] << 16) | (header[1] << 8) | header[2], silence.Token);
            }
            catch (OperationCanceledException)
            {
                return types;
            }
        }
    }

    private static async Task<byte[]> ReadAsync(Socket client, int length, CancellationToken cancellationToken)
    {
        byte[] bytes = new byte[length];
        for (int held = 0; held < length;)
        {
            int read = await client.ReceiveAsync(bytes.AsMemory(held), cancellationToken);
            Assert.True(read > 0, "the server closed the connection");
            held += read;
        }

        return bytes;
    }
}
