using System.Net.Sockets;
using Keelson.Core;
using Keelson.Oci.Shims;
using Keelson.Oci.Shims.Protocol;

namespace Keelson.Runtime.Tests.Shims;

/// <summary>The other end of a <see cref="ShimClient"/>: speaks the real protocol over a real socket, as badly as a test wants.</summary>
internal sealed class FakeShim : IAsyncDisposable
{
    internal static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("keelson-fake-");
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private Socket? _daemon;

    internal FakeShim()
    {
        _listener.Bind(new UnixDomainSocketEndPoint(Path.Join(_directory.FullName, ShimProtocol.SocketName)));
        _listener.Listen();
    }

    internal HostPath Directory0 => HostPath.Parse(_directory.FullName);

    internal static CancellationToken Soon() => new CancellationTokenSource(Timeout).Token;

    /// <summary>A connected pair, greeted.</summary>
    internal async Task<ShimClient> ConnectAsync()
    {
        Task<ShimClient> connecting = ShimClient.ConnectAsync(Directory0, Soon());
        await AcceptAsync();
        await SendAsync(FrameKind.Welcome, 0, writer => new Welcome(ShimProtocol.Version, "test", 4242, "sandbox").Write(writer));
        (FrameHeader hello, byte[] body) = await ReceiveAsync();
        Assert.Equal(FrameKind.Hello, hello.Kind);
        Greeting.ReadHello(body);
        return await connecting;
    }

    internal async Task AcceptAsync() => _daemon = await _listener.AcceptAsync(Soon());

    internal async Task<(FrameHeader Header, byte[] Body)> ReceiveAsync()
    {
        byte[] header = await ReceiveAsync(FrameHeader.Size);
        FrameHeader frame = FrameHeader.Read(header, ShimProtocol.MaxRequestBytes);
        return (frame, await ReceiveAsync(frame.BodyBytes));
    }

    internal Task SendAsync(FrameKind kind, uint id, Action<FrameWriter> write)
    {
        var writer = new FrameWriter();
        write(writer.Begin(kind, id));
        return SendRawAsync(writer.End().ToArray());
    }

    internal async Task SendRawAsync(byte[] bytes) => await _daemon!.SendAsync(bytes, Soon());

    internal void HangUp() => _daemon!.Dispose();

    public ValueTask DisposeAsync()
    {
        _daemon?.Dispose();
        _listener.Dispose();
        _directory.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    // Blocking: after an asynchronous receive the socket would go on referring to the array.
    private Task<byte[]> ReceiveAsync(int count) => Task.Run(() =>
    {
        byte[] bytes = new byte[count];
        _daemon!.ReceiveTimeout = (int)Timeout.TotalMilliseconds;
        for (int filled = 0; filled < count;)
        {
            int read = _daemon.Receive(bytes.AsSpan(filled));
            Assert.NotEqual(0, read);
            filled += read;
        }

        return bytes;
    });
}
