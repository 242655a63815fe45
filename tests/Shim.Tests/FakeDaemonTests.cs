using System.Net.Sockets;
using Keelson.Oci.Shims;
using Keelson.Oci.Shims.Protocol;
using Keelson.Runtime.Tests;
using Keelson.Shim.Tests.Support;

namespace Keelson.Shim.Tests;

/// <summary>A daemon that does not keep to the protocol harms nobody but itself.</summary>
public sealed class FakeDaemonTests
{
    public static TheoryData<string, byte[]> Garbage => new()
    {
        { "text", "GET / HTTP/1.1\r\n\r\n"u8.ToArray() },
        { "a huge length", [0xff, 0xff, 0xff, 0xff, 1, 0, 0, 0, 16, 0, 0, 0] },
        { "a request before hello", Frame(FrameKind.List, 1, _ => { }) },
        { "an unknown version", Frame(FrameKind.Hello, 0, writer => Greeting.WriteHello(writer, 77, "x")) },
        { "hello twice", [.. Hello, .. Hello] },
        { "an unknown kind", [.. Hello, .. Frame((FrameKind)99, 1, _ => { })] },
        { "a reply", [.. Hello, .. Frame(FrameKind.Listed, 1, writer => writer.UInt32(0))] },
        { "an exit", [.. Hello, .. Frame(FrameKind.Exited, 0, _ => { })] },
        { "a launch cut short", [.. Hello, .. Frame(FrameKind.Launch, 1, writer => writer.String("x"))] },
        { "a string longer than its frame", [.. Hello, .. Frame(FrameKind.Forget, 1, writer => writer.UInt32(1000))] },
        { "a signal out of range", [.. Hello, .. Frame(FrameKind.Signal, 1, writer => ShimCodec.WriteSignal(writer, "web", 999, false))] },
        { "output limits out of range", [.. Hello, .. Frame(FrameKind.ExecSync, 1, writer => ShimCodec.Write(writer, new ExecSyncRequest { TargetProcessId = "web", Plan = default, OutputLimit = int.MaxValue }))] },
    };

    private static byte[] Hello => Frame(FrameKind.Hello, 0, writer => Greeting.WriteHello(writer, ShimProtocol.Version, "test"));

    [Fact]
    public async Task Each_violation_costs_its_connection_and_nothing_else()
    {
        await using ShimHarness shim = await ShimHarness.StartAsync();
        await shim.LaunchAsync(shim.Shell("web", "exec sleep 1000"));
        foreach (object[] violation in Garbage)
        {
            using Socket socket = await ConnectAsync(shim);
            await socket.SendAsync((byte[])violation[1], ShimHarness.Soon());
            Assert.True(await IsClosedByPeerAsync(socket), (string)violation[0]);
        }

        Assert.Null(Assert.Single(await shim.Client.ListAsync(ShimHarness.Soon())).Exit);
    }

    [Fact]
    public async Task A_frame_may_arrive_a_byte_at_a_time_and_many_may_arrive_at_once()
    {
        await using ShimHarness shim = await ShimHarness.StartAsync();
        using Socket socket = await ConnectAsync(shim);
        foreach (byte value in (byte[])[.. Hello, .. Frame(FrameKind.List, 5, _ => { })])
        {
            await socket.SendAsync(new[] { value }, ShimHarness.Soon());
        }

        Assert.Equal((FrameKind.Listed, 5u), await ReceiveAsync(socket));
        await socket.SendAsync(Enumerable.Range(6, 500).SelectMany(id => Frame(FrameKind.List, (uint)id, _ => { })).ToArray(), ShimHarness.Soon());
        for (uint id = 6; id < 506; id++)
        {
            Assert.Equal((FrameKind.Listed, id), await ReceiveAsync(socket));
        }
    }

    [Fact]
    public async Task A_plan_of_an_unknown_form_is_an_outcome()
    {
        await using ShimHarness shim = await ShimHarness.StartAsync();

        LaunchOutcome outcome = await shim.Client.LaunchAsync(shim.Shell("web", "true") with { Plan = new byte[200] }, ShimHarness.Soon());

        Assert.False(outcome.Launched);
        Assert.Contains("version", outcome.Error, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Connections_that_come_and_go_leave_no_descriptors()
    {
        RootOnly.Require();
        await using ShimHarness shim = await ShimHarness.StartAsync();
        int before = Directory.GetFiles($"/proc/{shim.Client.Pid}/fd").Length;
        for (int i = 0; i < 100; i++)
        {
            await using ShimClient client = await shim.ConnectAsync();
            if (i % 2 == 0)
            {
                await client.ListAsync(ShimHarness.Soon());
            }
        }

        await shim.Client.ListAsync(ShimHarness.Soon());
        await ProcessTests.WaitForAsync(() => Directory.GetFiles($"/proc/{shim.Client.Pid}/fd").Length == before);
    }

    [SkippableFact]
    public async Task Processes_that_come_and_go_leave_no_descriptors()
    {
        RootOnly.Require();
        await using ShimHarness shim = await ShimHarness.StartAsync();
        await shim.LaunchAsync(shim.Shell("web", "exec sleep 1000"));
        int before = 0;
        for (int i = 0; i < 33; i++)
        {
            if (i == 3)
            {
                // A development build keeps the assemblies open that one of each kind has loaded.
                before = Directory.GetFiles($"/proc/{shim.Client.Pid}/fd").Length;
            }

            await shim.LaunchAsync(shim.Shell("job", "echo x") with { Terminal = (LaunchTerminal)(i % 3), Stdin = i % 2 == 0 });
            await shim.NextExitAsync();
            await shim.Client.ForgetAsync("job", ShimHarness.Soon());
            await shim.ExecAsync("web", "echo y");
            await shim.Client.LaunchAsync(shim.Shell("bad", "") with { Plan = ShimHarness.Plan("/no/such").Image }, ShimHarness.Soon());
        }

        Assert.Equal(before, Directory.GetFiles($"/proc/{shim.Client.Pid}/fd").Length);
        Assert.Equal(string.Empty, shim.ShimLog);
    }

    private static async Task<Socket> ConnectAsync(ShimHarness shim)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(shim.ShimDirectory.Child(ShimProtocol.SocketName).Value), ShimHarness.Soon());
        Assert.Equal((FrameKind.Welcome, 0u), await ReceiveAsync(socket));
        return socket;
    }

    private static async Task<(FrameKind Kind, uint Id)> ReceiveAsync(Socket socket)
    {
        byte[] header = await ReceiveAsync(socket, FrameHeader.Size);
        FrameHeader frame = FrameHeader.Read(header, ShimProtocol.MaxReplyBytes);
        await ReceiveAsync(socket, frame.BodyBytes);
        return (frame.Kind, frame.RequestId);
    }

    private static async Task<byte[]> ReceiveAsync(Socket socket, int count)
    {
        byte[] bytes = new byte[count];
        for (int filled = 0; filled < count;)
        {
            int read = await socket.ReceiveAsync(bytes.AsMemory(filled), ShimHarness.Soon());
            Assert.NotEqual(0, read);
            filled += read;
        }

        return bytes;
    }

    private static async Task<bool> IsClosedByPeerAsync(Socket socket)
    {
        try
        {
            byte[] rest = new byte[4096];
            while (await socket.ReceiveAsync(rest, ShimHarness.Soon()) > 0)
            {
            }

            return true;
        }
        catch (SocketException failure)
        {
            return failure.SocketErrorCode == SocketError.ConnectionReset;
        }
    }

    private static byte[] Frame(FrameKind kind, uint id, Action<FrameWriter> write)
    {
        var writer = new FrameWriter();
        write(writer.Begin(kind, id));
        return writer.End().ToArray();
    }
}
