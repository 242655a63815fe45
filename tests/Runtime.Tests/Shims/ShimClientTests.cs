using Keelson.Core;
using Keelson.Oci.Shims;
using Keelson.Oci.Shims.Protocol;

namespace Keelson.Runtime.Tests.Shims;

public sealed class ShimClientTests
{
    [Fact]
    public async Task The_greeting_tells_who_the_shim_is()
    {
        await using var shim = new FakeShim();
        await using ShimClient client = await shim.ConnectAsync();
        Assert.Equal((4242, "sandbox", "test"), (client.Pid, client.SandboxId, client.Build));
    }

    [Fact]
    public async Task Replies_find_their_requests_in_any_order()
    {
        await using var shim = new FakeShim();
        await using ShimClient client = await shim.ConnectAsync();
        Task<bool>[] calls = [.. Enumerable.Range(0, 20).Select(i => client.SignalAsync($"p{i}", i, i % 2 == 0, FakeShim.Soon()))];
        var requests = new List<(uint Id, int Signal)>();
        foreach (Task<bool> _ in calls)
        {
            (FrameHeader header, byte[] body) = await shim.ReceiveAsync();
            ShimCodec.ReadSignal(body, out string process, out int signal, out bool everyone);
            Assert.Equal((FrameKind.Signal, $"p{signal}", signal % 2 == 0), (header.Kind, process, everyone));
            requests.Add((header.RequestId, signal));
        }

        foreach ((uint id, int signal) in requests.OrderByDescending(request => request.Signal))
        {
            await shim.SendAsync(FrameKind.Signalled, id, writer => writer.Boolean(signal % 3 == 0));
        }

        bool[] answers = await Task.WhenAll(calls).WaitAsync(FakeShim.Timeout);
        Assert.Equal(Enumerable.Range(0, 20).Select(i => i % 3 == 0), answers);
    }

    [Fact]
    public async Task A_failure_crosses_as_data_and_the_connection_goes_on()
    {
        await using var shim = new FakeShim();
        await using ShimClient client = await shim.ConnectAsync();
        Task forget = client.ForgetAsync("web", FakeShim.Soon());
        (FrameHeader header, _) = await shim.ReceiveAsync();
        await shim.SendAsync(FrameKind.Failure, header.RequestId, writer => ShimCodec.WriteFailure(writer, 16, "it still runs"));

        KeelsonException failure = await Assert.ThrowsAsync<KeelsonException>(() => forget);
        Assert.Equal((ErrorKind.FailedPrecondition, "it still runs"), (failure.Kind, failure.Message));
        Assert.False(client.Closed.IsCompleted);
    }

    [Fact]
    public async Task Exits_come_in_order_and_the_channel_ends_with_the_connection()
    {
        await using var shim = new FakeShim();
        await using ShimClient client = await shim.ConnectAsync();
        for (int i = 0; i < 3; i++)
        {
            await shim.SendAsync(FrameKind.Exited, 0, writer => ShimCodec.Write(writer, new ProcessExit($"p{i}", i, 0, false, i)));
        }

        shim.HangUp();
        var codes = new List<int>();
        await foreach (ProcessExit exit in client.Exits.ReadAllAsync(FakeShim.Soon()))
        {
            codes.Add(exit.ExitCode);
        }

        Assert.Equal([0, 1, 2], codes);
        await client.Closed.WaitAsync(FakeShim.Timeout);
    }

    [Fact]
    public async Task A_lost_connection_fails_what_waits_and_what_comes_later_as_unavailable()
    {
        await using var shim = new FakeShim();
        await using ShimClient client = await shim.ConnectAsync();
        Task waiting = client.ListAsync(FakeShim.Soon());
        await shim.ReceiveAsync();
        shim.HangUp();

        Assert.Equal(ErrorKind.Unavailable, (await Assert.ThrowsAsync<KeelsonException>(() => waiting)).Kind);
        await client.Closed.WaitAsync(FakeShim.Timeout);
        Assert.Equal(ErrorKind.Unavailable, (await Assert.ThrowsAsync<KeelsonException>(() => client.ListAsync(FakeShim.Soon()))).Kind);
    }

    public static TheoryData<string, byte[]> Garbage => new()
    {
        { "text", "HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray() },
        { "a huge length", [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 1, 0, 0, 0] },
        { "a reply nobody asked for", Frame(FrameKind.Listed, 77, writer => writer.UInt32(0)) },
        { "a request", Frame(FrameKind.List, 1, _ => { }) },
        { "a second greeting", Frame(FrameKind.Welcome, 0, writer => new Welcome(1, "x", 1, "y").Write(writer)) },
        { "an exit cut short", Frame(FrameKind.Exited, 0, writer => writer.String("web")) },
        { "a reply of another kind", Frame(FrameKind.Signalled, 1, writer => writer.Boolean(true)) },
        { "a count without entries", Frame(FrameKind.Listed, 1, writer => writer.UInt32(1_000_000)) },
    };

    [Theory]
    [MemberData(nameof(Garbage))]
    public async Task Garbage_ends_the_connection_and_nothing_hangs(string what, byte[] bytes)
    {
        await using var shim = new FakeShim();
        await using ShimClient client = await shim.ConnectAsync();
        Task waiting = client.ListAsync(FakeShim.Soon());
        await shim.ReceiveAsync();
        await shim.SendRawAsync(bytes);

        await client.Closed.WaitAsync(FakeShim.Timeout);
        Assert.Equal(ErrorKind.Unavailable, (await Assert.ThrowsAsync<ShimProtocolException>(() => waiting)).Kind);
        Assert.NotEmpty(what);
    }

    [Fact]
    public async Task A_shim_of_an_unknown_version_is_refused_by_name()
    {
        await using var shim = new FakeShim();
        Task<ShimClient> connecting = ShimClient.ConnectAsync(shim.Directory0, FakeShim.Soon());
        await shim.AcceptAsync();
        await shim.SendAsync(FrameKind.Welcome, 0, writer => writer.UInt32(ShimProtocol.Magic).UInt16(9).String("later"));

        KeelsonException refused = await Assert.ThrowsAsync<ShimProtocolException>(() => connecting);
        Assert.Contains("version 9", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Giving_up_an_exec_tells_the_shim_and_its_late_answer_is_dropped()
    {
        await using var shim = new FakeShim();
        await using ShimClient client = await shim.ConnectAsync();
        using var giveUp = new CancellationTokenSource();
        Task exec = client.ExecSyncAsync(new ExecSyncRequest { TargetProcessId = "web", Plan = new byte[1] }, giveUp.Token);
        (FrameHeader request, _) = await shim.ReceiveAsync();
        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => exec);
        (FrameHeader cancel, _) = await shim.ReceiveAsync();
        Assert.Equal((FrameKind.CancelExec, request.RequestId), (cancel.Kind, cancel.RequestId));

        await shim.SendAsync(FrameKind.ExecEnded, request.RequestId, writer =>
        {
            ShimCodec.WriteExecEnded(writer, new LaunchOutcome(1, 1, -1, 0, null), 137, timedOut: true, stdoutBytes: 0);
            writer.UInt32(0);
        });
        Task<bool> next = client.SignalAsync("web", 0, false, FakeShim.Soon());
        (FrameHeader signal, _) = await shim.ReceiveAsync();
        await shim.SendAsync(FrameKind.Signalled, signal.RequestId, writer => writer.Boolean(true));
        Assert.True(await next);
    }

    [Fact]
    public async Task Nobody_listening_is_unavailable()
    {
        HostPath nowhere = HostPath.Parse(Path.Join(Path.GetTempPath(), Path.GetRandomFileName()));
        Assert.Equal(ErrorKind.Unavailable, (await Assert.ThrowsAsync<KeelsonException>(() => ShimClient.ConnectAsync(nowhere, FakeShim.Soon()))).Kind);
    }

    private static byte[] Frame(FrameKind kind, uint id, Action<FrameWriter> write)
    {
        var writer = new FrameWriter();
        write(writer.Begin(kind, id));
        return writer.End().ToArray();
    }
}
