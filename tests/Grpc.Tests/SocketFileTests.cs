using System.Net.Sockets;
using Keelson.Core;
using Keelson.Grpc.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keelson.Grpc.Tests;

public sealed class SocketFileTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("keelson-sock-");

    private string SocketPath => Path.Combine(_directory.FullName, "a.sock");

    [Fact]
    public async Task The_socket_is_for_its_owner_and_group_only()
    {
        await using TestServer server = await TestServer.StartAsync();
        Assert.Equal("rw-rw----", Permissions(File.GetUnixFileMode(server.SocketPath)));
    }

    [Fact]
    public async Task A_socket_left_behind_by_a_killed_server_is_replaced()
    {
        using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            // Disposing unlinks the name it was bound to; under another name the file stays, as after SIGKILL.
            string boundTo = SocketPath + ".bound";
            socket.Bind(new UnixDomainSocketEndPoint(boundTo));
            socket.Listen();
            File.Move(boundTo, SocketPath);
        }

        Assert.True(File.Exists(SocketPath));
        await using GrpcServer server = Server();
        await server.StartAsync(default).WaitAsync(TestServer.Patience);
    }

    [Fact]
    public async Task A_second_server_on_the_same_path_is_refused_and_the_first_goes_on()
    {
        await using TestServer first = await TestServer.StartAsync();
        await using var second = new GrpcServer(
            first.Service.Methods(), new GrpcServerOptions { SocketPath = first.SocketPath }, NullLoggerFactory.Instance);
        KeelsonException refusal = await Assert.ThrowsAsync<KeelsonException>(() => second.StartAsync(default));
        Assert.Equal(ErrorKind.FailedPrecondition, refusal.Kind);
        await first.Channel.CallAsync(EchoService.Echo, new Google.Protobuf.WellKnownTypes.BytesValue(), TestServer.Patience, default);
    }

    [Fact]
    public async Task A_file_that_is_no_socket_is_left_alone()
    {
        await File.WriteAllTextAsync(SocketPath, "precious");
        await using GrpcServer server = Server();
        KeelsonException refusal = await Assert.ThrowsAsync<KeelsonException>(() => server.StartAsync(default));
        Assert.Contains(SocketPath, refusal.Message, StringComparison.Ordinal);
        Assert.Equal("precious", await File.ReadAllTextAsync(SocketPath));
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private GrpcServer Server() => new(
        new EchoService().Methods(), new GrpcServerOptions { SocketPath = SocketPath }, NullLoggerFactory.Instance);

    private static string Permissions(UnixFileMode mode) =>
        string.Concat(Enumerable.Range(0, 9).Select(i => ((int)mode >> (8 - i) & 1) == 1 ? "rwx"[i % 3] : '-'));
}
