using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Keelson.Integration.Registry;

/// <summary>A registry that answers every request the same wrong way.</summary>
internal sealed class RudeRegistry : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Func<NetworkStream, CancellationToken, Task> _answer;
    private readonly Task _accepting;

    private RudeRegistry(Func<NetworkStream, CancellationToken, Task> answer)
    {
        _answer = answer;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Host => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    public string Image => $"{Host}/rude/image:1";

    /// <summary>A status and a body, on every path.</summary>
    public static RudeRegistry Answering(int status, string headers = "", string body = "{}") => new(async (stream, cancellationToken) =>
    {
        string text = string.Create(CultureInfo.InvariantCulture,
            $"HTTP/1.1 {status} No\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nConnection: close\r\n{headers}\r\n{body}");
        await stream.WriteAsync(Encoding.ASCII.GetBytes(text), cancellationToken);
    });

    /// <summary>Closes the connection hard, without a byte.</summary>
    public static RudeRegistry Resetting() => new((stream, _) =>
    {
        stream.Socket.LingerState = new LingerOption(true, 0);
        return Task.CompletedTask;
    });

    /// <summary>Takes the request and says nothing for ever.</summary>
    public static RudeRegistry Stalling() => new((_, cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken));

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stopping.Token));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                NetworkStream stream = client.GetStream();
                byte[] buffer = new byte[16384];
                string request = "";
                while (!request.Contains("\r\n\r\n", StringComparison.Ordinal))
                {
                    int read = await stream.ReadAsync(buffer, _stopping.Token);
                    if (read == 0)
                    {
                        return;
                    }

                    request += Encoding.ASCII.GetString(buffer, 0, read);
                }

                await _answer(stream, _stopping.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or SocketException)
            {
                // The client went, or the test is over.
            }
        }
    }
}
