using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Keelson.Core;

namespace Keelson.TestKit.Images;

/// <summary>Debian's docker-registry on a free loopback port, with its data in a temporary directory. Gone when disposed.</summary>
public sealed class LocalRegistry : IAsyncDisposable
{
    private const string Binary = "/usr/bin/docker-registry";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(20);

    private readonly DirectoryInfo _directory;
    private readonly Process _process;
    private readonly HttpClient _http;
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly ConcurrentQueue<string> _log = new();

    private LocalRegistry(DirectoryInfo directory, Process process, int port)
    {
        _directory = directory;
        _process = process;
        Host = $"127.0.0.1:{port}";
        _http = new HttpClient { BaseAddress = new Uri($"http://{Host}"), Timeout = TimeSpan.FromSeconds(60) };
        process.OutputDataReceived += (_, line) => Note(line.Data);
        process.ErrorDataReceived += (_, line) => Note(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Why there is none on this machine, or null.</summary>
    public static string? MissingReason =>
        File.Exists(Binary) ? null : "needs /usr/bin/docker-registry (Debian: docker-registry)";

    /// <summary>Address and port as they stand in an image reference. Plain HTTP.</summary>
    public string Host { get; }

    /// <summary>What was asked so far, as <c>GET /v2/…</c>; the registry writes it shortly after it has answered.</summary>
    public IReadOnlyCollection<string> Requests => _requests;

    public static async Task<LocalRegistry> StartAsync()
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("keelson-registry-");
        int port = FreePort();
        string config = $"{directory.FullName}/config.yml";
        await File.WriteAllTextAsync(
            config,
            $$"""
            version: 0.1
            log:
              level: warn
            storage:
              filesystem:
                rootdirectory: "{{directory.FullName}}/data"
              delete:
                enabled: true
            http:
              addr: "127.0.0.1:{{port}}"
              relativeurls: true

            """);
        var start = new ProcessStartInfo(Binary, ["serve", config]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["OTEL_TRACES_EXPORTER"] = "none";
        Process process = Process.Start(start) ?? throw new InvalidOperationException($"could not start {Binary}");
        var registry = new LocalRegistry(directory, process, port);
        try
        {
            await registry.WaitUntilReadyAsync();
            return registry;
        }
        catch
        {
            await registry.DisposeAsync();
            throw;
        }
    }

    /// <summary>Pushes all blobs and manifests and tags the last; gives the reference to pull.</summary>
    public async Task<string> PushAsync(ITestArtifact artifact, string repository, string tag = "latest")
    {
        foreach ((Digest digest, byte[] content) in artifact.Blobs)
        {
            await PushBlobAsync(repository, digest, content);
        }

        foreach (TestManifest manifest in artifact.Manifests)
        {
            await PutManifestAsync(repository, manifest.Digest.Value, manifest);
        }

        await PutManifestAsync(repository, tag, artifact.Manifests[^1]);
        return $"{Host}/{repository}:{tag}";
    }

    /// <summary>How often a path with this method and ending was asked for.</summary>
    public int CountOf(string method, string pathEnding) =>
        _requests.Count(request => request.StartsWith(method + " ", StringComparison.Ordinal) && request.EndsWith(pathEnding, StringComparison.Ordinal));

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            await _process.WaitForExitAsync(deadline.Token);
        }

        _process.Dispose();
        _directory.Delete(recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task WaitUntilReadyAsync()
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                using HttpResponseMessage response = await _http.GetAsync("/v2/");
                if (response.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            if (_process.HasExited || Stopwatch.GetElapsedTime(start) > StartLimit)
            {
                throw new InvalidOperationException($"docker-registry did not start: {string.Join('\n', _log)}");
            }

            await Task.Delay(20);
        }
    }

    private async Task PushBlobAsync(string repository, Digest digest, byte[] content)
    {
        using (var probe = new HttpRequestMessage(HttpMethod.Head, $"/v2/{repository}/blobs/{digest}"))
        using (HttpResponseMessage known = await _http.SendAsync(probe))
        {
            if (known.StatusCode == HttpStatusCode.OK)
            {
                return;
            }
        }

        using HttpResponseMessage started = await _http.PostAsync($"/v2/{repository}/blobs/uploads/", null);
        await EnsureAsync(started, "start of an upload");
        string location = started.Headers.Location!.OriginalString;
        string separator = location.Contains('?', StringComparison.Ordinal) ? "&" : "?";
        using HttpResponseMessage finished = await _http.PutAsync(
            $"{location}{separator}digest={Uri.EscapeDataString(digest.Value)}", Body(content, "application/octet-stream"));
        await EnsureAsync(finished, $"upload of {digest}");
    }

    private async Task PutManifestAsync(string repository, string reference, TestManifest manifest)
    {
        using HttpResponseMessage response = await _http.PutAsync(
            $"/v2/{repository}/manifests/{reference}", Body(manifest.Bytes, manifest.MediaType));
        await EnsureAsync(response, $"push of {repository} {reference}");
    }

    private static ByteArrayContent Body(byte[] content, string mediaType) =>
        new(content) { Headers = { ContentType = new MediaTypeHeaderValue(mediaType) } };

    private static async Task EnsureAsync(HttpResponseMessage response, string what)
    {
        if (!response.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"{what}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        }
    }

    private void Note(string? line)
    {
        if (line is null)
        {
            return;
        }

        // An access line in the combined log format has the request in its first pair of quotes: "GET /v2/… HTTP/1.1".
        string[] parts = line.Split('"');
        if (parts.Length > 2 && parts[1].EndsWith("HTTP/1.1", StringComparison.Ordinal))
        {
            _requests.Enqueue(parts[1][..^" HTTP/1.1".Length]);
        }
        else
        {
            _log.Enqueue(line);
        }
    }
}
