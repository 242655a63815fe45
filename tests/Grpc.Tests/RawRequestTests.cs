using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Keelson.Grpc.Tests.Support;

namespace Keelson.Grpc.Tests;

/// <summary>Requests that no well-behaved client sends.</summary>
public sealed class RawRequestTests
{
    [Fact]
    public async Task A_gzip_request_is_read()
    {
        byte[] message = new BytesValue { Value = ByteString.CopyFrom(new byte[100_000]) }.ToByteArray();
        (string? status, byte[] body) = await Send(Framed(1, Compress(message)), encoding: "gzip");
        Assert.Equal("0", status);
        Assert.Equal(message, body[5..]);
    }

    [Fact]
    public async Task A_gzip_request_that_inflates_over_the_limit_is_refused()
    {
        byte[] message = new BytesValue { Value = ByteString.CopyFrom(new byte[17 * 1024 * 1024]) }.ToByteArray();
        Assert.Equal("8", (await Send(Framed(1, Compress(message)), encoding: "gzip")).Status);
    }

    [Fact]
    public async Task An_unknown_encoding_is_unimplemented()
    {
        Assert.Equal("12", (await Send(Framed(1, [0]), encoding: "snappy")).Status);
    }

    [Theory]
    [InlineData(new byte[] { 1, 0, 0, 0, 1, 0 })]
    [InlineData(new byte[] { 7, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 0, 0, 0, 0, 9, 1, 2 })]
    [InlineData(new byte[] { 0, 0 })]
    [InlineData(new byte[] { })]
    [InlineData(new byte[] { 0, 0, 0, 0, 2, 0xFF, 0xFF })]
    [InlineData(new byte[] { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 })]
    public async Task A_malformed_body_is_an_internal_error(byte[] body)
    {
        Assert.Equal("13", (await Send(body)).Status);
    }

    [Fact]
    public async Task A_length_of_four_gigabytes_is_refused_before_it_is_read()
    {
        Assert.Equal("8", (await Send([0, 0xFF, 0xFF, 0xFF, 0xFF, 1])).Status);
    }

    [Fact]
    public async Task A_timeout_that_can_not_be_read_is_an_error_and_not_ignored()
    {
        Assert.Equal("13", (await Send(Framed(0, []), timeout: "soon")).Status);
    }

    [Theory]
    [InlineData("POST", "text/plain", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("POST", "application/grpc-web", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("GET", "application/grpc", HttpStatusCode.MethodNotAllowed)]
    [InlineData("POST", "application/grpc+proto", HttpStatusCode.OK)]
    public async Task What_is_not_gRPC_gets_an_HTTP_status(string verb, string contentType, HttpStatusCode expected)
    {
        await using TestServer server = await TestServer.StartAsync();
        using HttpMessageInvoker http = Client(server.SocketPath);
        using HttpRequestMessage request = Request(verb == "GET" ? null : Framed(0, []), contentType, verb);
        using HttpResponseMessage response = await http.SendAsync(request, default).WaitAsync(TestServer.Patience);
        Assert.Equal(expected, response.StatusCode);
    }

    private static async Task<(string? Status, byte[] Body)> Send(byte[] body, string? encoding = null, string? timeout = null)
    {
        await using TestServer server = await TestServer.StartAsync();
        using HttpMessageInvoker http = Client(server.SocketPath);
        using HttpRequestMessage request = Request(body, "application/grpc", "POST");
        if (encoding is not null)
        {
            request.Headers.Add("grpc-encoding", encoding);
        }

        if (timeout is not null)
        {
            request.Headers.Add("grpc-timeout", timeout);
        }

        using HttpResponseMessage response = await http.SendAsync(request, default).WaitAsync(TestServer.Patience);
        byte[] answer = await response.Content.ReadAsByteArrayAsync().WaitAsync(TestServer.Patience);
        IEnumerable<string>? values = response.Headers.TryGetValues("grpc-status", out IEnumerable<string>? early)
            ? early
            : response.TrailingHeaders.GetValues("grpc-status");
        return (values.Single(), answer);
    }

    private static HttpRequestMessage Request(byte[]? body, string contentType, string verb)
    {
        var request = new HttpRequestMessage(new HttpMethod(verb), "http://localhost/test.Echo/Echo")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        }

        return request;
    }

    private static HttpMessageInvoker Client(string path) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, token) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), token);
            return new NetworkStream(socket, ownsSocket: true);
        },
    });

    private static byte[] Framed(byte flag, byte[] payload)
    {
        byte[] framed = [flag, 0, 0, 0, 0, .. payload];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(framed.AsSpan(1), payload.Length);
        return framed;
    }

    private static byte[] Compress(byte[] bytes)
    {
        using var result = new MemoryStream();
        using (var gzip = new GZipStream(result, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return result.ToArray();
    }
}
