using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Keelson.Core;
using Keelson.TestKit.Images;

namespace Keelson.ImageService.Tests.Fakes;

/// <summary>
/// A registry that speaks HTTP/1.1 over its own socket, one request per connection, so that it can also break every
/// rule: reset, stall, cut short, send other bytes. Rules are asked first, then what was added is served.
/// </summary>
public sealed class FakeRegistry : IAsyncDisposable
{
    private const int MaxHeaderBytes = 64 * 1024;

    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _accepting;
    private readonly ConcurrentDictionary<string, FakeResponse> _content = new();
    private readonly ConcurrentQueue<FakeRequest> _requests = new();
    private readonly ConcurrentQueue<Func<FakeRequest, FakeResponse?>> _rules = [];
    private readonly ConcurrentQueue<(string Part, SemaphoreSlim Gate)> _held = [];

    public FakeRegistry()
    {
        _listener = new TcpListener(IPAddress.Loopback, 0);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>Host and port as they stand in references.</summary>
    public string Host => $"127.0.0.1:{Port}";

    public string Url => $"http://{Host}";

    public IReadOnlyCollection<FakeRequest> Requests => _requests;

    /// <summary>A loopback port on which nobody listens.</summary>
    public static int ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Serves an image; gives the reference to pull.</summary>
    public string Add(ITestArtifact image, string repository = "team/app", string tag = "v1")
    {
        foreach ((Digest digest, byte[] content) in image.Blobs)
        {
            Serve($"/v2/{repository}/blobs/{digest}", new FakeResponse(200, content) { Headers = new() { ["Content-Type"] = "application/octet-stream" } });
        }

        foreach (TestManifest manifest in image.Manifests)
        {
            Serve($"/v2/{repository}/manifests/{manifest.Digest}", FakeResponse.Manifest(manifest.MediaType, manifest.Bytes));
        }

        TestManifest top = image.Manifests[^1];
        Serve($"/v2/{repository}/manifests/{tag}", FakeResponse.Manifest(top.MediaType, top.Bytes));
        return $"{Host}/{repository}:{tag}";
    }

    /// <summary>Serves one answer at one path.</summary>
    public FakeRegistry Serve(string path, FakeResponse response)
    {
        _content[path] = response;
        return this;
    }

    /// <summary>Asked before anything is served; null passes the request on.</summary>
    public FakeRegistry When(Func<FakeRequest, FakeResponse?> rule)
    {
        _rules.Enqueue(rule);
        return this;
    }

    /// <summary>Answers the first <paramref name="count"/> requests whose path contains <paramref name="part"/> otherwise.</summary>
    public FakeRegistry First(int count, string part, FakeResponse response)
    {
        int left = count;
        return When(request => request.Path.Contains(part, StringComparison.Ordinal) && Interlocked.Decrement(ref left) >= 0 ? response : null);
    }

    public FakeRegistry Always(string part, FakeResponse response) => First(int.MaxValue, part, response);

    /// <summary>Answers requests whose path contains <paramref name="part"/> only once the gate lets each through.</summary>
    public FakeRegistry HoldUntil(string part, SemaphoreSlim gate)
    {
        _held.Enqueue((part, gate));
        return this;
    }

    /// <summary>Wants basic authentication.</summary>
    public FakeRegistry RequireBasic(string user, string password)
    {
        string expected = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));
        return When(request => request.Path.StartsWith("/v2/", StringComparison.Ordinal) && request.Authorization != expected
            ? FakeResponse.Challenge("Basic realm=\"fake\"")
            : null);
    }

    /// <summary>Wants a bearer token that the realm (another fake, or this one) hands out.</summary>
    public FakeRegistry RequireBearer(string token, string realm, string service = "fake-service") =>
        When(request => request.Path.StartsWith("/v2/", StringComparison.Ordinal) && request.Authorization != "Bearer " + token
            ? FakeResponse.Challenge($"Bearer realm=\"{realm}\",service=\"{service}\",scope=\"repository:team/app:pull\"")
            : null);

    public int CountOf(string method, string pathPart) =>
        _requests.Count(request => request.Method == method && request.Path.Contains(pathPart, StringComparison.Ordinal));

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (!_stopping.IsCancellationRequested)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_stopping.Token);
                _ = ServeAsync(client);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or InvalidOperationException or SocketException)
        {
            // Stopped; between two accepts the listener says that it was never started.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await using NetworkStream stream = client.GetStream();
                if (await ReadRequestAsync(stream) is { } request)
                {
                    _requests.Enqueue(request);
                    foreach ((string part, SemaphoreSlim gate) in _held.Where(held => request.Path.Contains(held.Part, StringComparison.Ordinal)))
                    {
                        await gate.WaitAsync(_stopping.Token);
                    }

                    await RespondAsync(client, stream, request, Decide(request));
                }
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or SocketException)
            {
                // The client left, or the test ended.
            }
        }
    }

    private FakeResponse Decide(FakeRequest request)
    {
        foreach (Func<FakeRequest, FakeResponse?> rule in _rules)
        {
            if (rule(request) is { } answer)
            {
                return answer;
            }
        }

        if (request.Path == "/v2/")
        {
            return FakeResponse.Json("{}");
        }

        return _content.GetValueOrDefault(request.Path) ?? FakeResponse.Of(404, "{\"errors\":[{\"code\":\"NOT_FOUND\"}]}");
    }

    private async Task<FakeRequest?> ReadRequestAsync(NetworkStream stream)
    {
        var received = new MemoryStream();
        byte[] one = new byte[1];
        while (received.Length < MaxHeaderBytes)
        {
            if (await stream.ReadAsync(one, _stopping.Token) == 0)
            {
                return null;
            }

            received.WriteByte(one[0]);
            if (one[0] == '\n' && received.Length >= 4 && received.GetBuffer().AsSpan((int)received.Length - 4, 4).SequenceEqual("\r\n\r\n"u8))
            {
                break;
            }
        }

        string[] lines = Encoding.ASCII.GetString(received.ToArray()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        string[] words = lines[0].Split(' ');
        if (words.Length != 3)
        {
            // A TLS client hello, for instance.
            return null;
        }

        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (string line in lines.Skip(1))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            headers[line[..colon].Trim()] = line[(colon + 1)..].Trim();
        }

        byte[] body = new byte[headers.TryGetValue("content-length", out string? length) ? int.Parse(length, System.Globalization.CultureInfo.InvariantCulture) : 0];
        await stream.ReadExactlyAsync(body, _stopping.Token);
        return new FakeRequest(words[0], words[1], headers, body);
    }

    private async Task RespondAsync(TcpClient client, NetworkStream stream, FakeRequest request, FakeResponse response)
    {
        if (response.Status > 0)
        {
            int start = response.Status == 200 && !response.Headers.ContainsKey("X-No-Ranges") ? Math.Min(request.RangeStart, response.Body.Length) : 0;
            byte[] body = request.Method == "HEAD" ? [] : response.Body[start..];
            var head = new StringBuilder($"HTTP/1.1 {(start > 0 ? 206 : response.Status)} Fake\r\nConnection: close\r\n");
            foreach ((string name, string value) in response.Headers)
            {
                head.Append($"{name}: {value}\r\n");
            }

            if (!response.WithoutLength)
            {
                head.Append($"Content-Length: {response.Body.Length - start}\r\n");
            }

            if (start > 0)
            {
                head.Append($"Content-Range: bytes {start}-{response.Body.Length - 1}/{response.Body.Length}\r\n");
            }

            head.Append("\r\n");
            await stream.WriteAsync(Encoding.ASCII.GetBytes(head.ToString()), _stopping.Token);
            int cut = Math.Clamp((response.Cut ?? response.Body.Length) - start, 0, body.Length);
            await stream.WriteAsync(body.AsMemory(0, cut), _stopping.Token);
        }

        switch (response.Then)
        {
            case FakeEnding.Reset:
                client.LingerState = new LingerOption(enable: true, seconds: 0);
                break;
            case FakeEnding.Stall:
                await Task.Delay(Timeout.Infinite, _stopping.Token);
                break;
            default:
                client.Client.Shutdown(SocketShutdown.Send);
                break;
        }
    }
}
