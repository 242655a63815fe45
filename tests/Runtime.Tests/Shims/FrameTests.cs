using System.Collections.Immutable;
using Keelson.Oci.Shims;
using Keelson.Oci.Shims.Protocol;

namespace Keelson.Runtime.Tests.Shims;

public sealed class FrameTests
{
    private static readonly LaunchRequest Request = new()
    {
        ProcessId = "web",
        Plan = new byte[] { 1, 2, 3 },
        TargetProcessId = "pause",
        LogPath = "/var/log/ö.log",
        LogLineLimit = 99,
        Terminal = LaunchTerminal.OfContainer,
        OomCgroup = "/a",
        ExitRecordPath = "/b",
        PidFile = "/c",
        StartPlan = new byte[] { 4, 5 },
    };

    [Fact]
    public void Every_body_comes_back_as_it_was_written()
    {
        LaunchRequest launch = ShimCodec.ReadLaunch(Body(writer => ShimCodec.Write(writer, Request)), out ReadOnlySpan<byte> plan, out ReadOnlySpan<byte> startPlan);
        Assert.Equal([1, 2, 3], plan.ToArray());
        Assert.Equal([4, 5], startPlan.ToArray());
        Assert.Equal(Request with { Plan = default, StartPlan = default }, launch);

        var outcome = new LaunchOutcome(0, 5, 7, 2, "why");
        Assert.Equal(outcome, ShimCodec.ReadLaunched(Body(writer => ShimCodec.Write(writer, outcome))));

        var exit = new ProcessExit("web", 137, 9, true, long.MaxValue);
        Assert.Equal(exit, ShimCodec.ReadExited(Body(writer => ShimCodec.Write(writer, exit))));

        ImmutableArray<ShimProcess> listed = ShimCodec.ReadListed(Body(writer =>
        {
            writer.UInt32(2);
            ShimCodec.WriteListEntry(writer, "web", 12, 34, exit);
            ShimCodec.WriteListEntry(writer, "", 0, 0, null);
        }));
        Assert.Equal([new ShimProcess("web", 12, 34, exit), new ShimProcess("", 0, 0, null)], listed.ToArray());

        ExecSyncOutcome exec = ShimCodec.ReadExecEnded(Body(writer =>
        {
            ShimCodec.WriteExecEnded(writer, outcome, 5, timedOut: true, stdoutBytes: 2);
            writer.Raw("ab"u8).Bytes("c"u8);
        }));
        Assert.Equal((outcome, 5, true, "ab", "c"), (exec.Launch, exec.ExitCode, exec.TimedOut, Text(exec.Stdout), Text(exec.Stderr)));
    }

    [Theory]
    [InlineData(LaunchTerminal.None)]
    [InlineData(LaunchTerminal.OfHost)]
    [InlineData(LaunchTerminal.OfContainer)]
    public void Every_kind_of_terminal_comes_back(LaunchTerminal terminal) =>
        Assert.Equal(terminal, ShimCodec.ReadLaunch(Body(writer => ShimCodec.Write(writer, Request with { Terminal = terminal })), out _, out _).Terminal);

    [Fact]
    public void No_body_can_be_cut_or_extended()
    {
        byte[] whole = Body(writer => ShimCodec.Write(writer, Request));
        for (int length = 0; length < whole.Length; length++)
        {
            byte[] cut = whole[..length];
            Assert.Throws<ShimProtocolException>(() => ShimCodec.ReadLaunch(cut, out _, out _));
        }

        Assert.Throws<ShimProtocolException>(() => ShimCodec.ReadLaunch([.. whole, 0], out _, out _));
    }

    [Fact]
    [Trait("CVE", "2021-43784")]
    public void Lengths_are_not_believed()
    {
        Assert.Throws<ShimProtocolException>(() => new FrameReader([0xff, 0xff, 0xff, 0x7f, 1]).Bytes());
        Assert.Throws<ShimProtocolException>(() => new FrameReader([0xfe, 0xff, 0xff, 0xff, 1]).OptionalString());
        Assert.Throws<ShimProtocolException>(() => ShimCodec.ReadListed([0xff, 0xff, 0xff, 0x0f]));
        Assert.Throws<ShimProtocolException>(() => new FrameReader([2]).Boolean());
        Assert.Throws<ShimProtocolException>(() => new FrameWriter().Begin(FrameKind.Forget, 1).String(new string('x', 9000)));

        byte[] header = new byte[FrameHeader.Size];
        new FrameHeader(101, 1, FrameKind.List).Write(header);
        Assert.Throws<ShimProtocolException>(() => FrameHeader.Read(header, maxBodyBytes: 100));
        Assert.Equal(101, FrameHeader.Read(header, maxBodyBytes: 101).BodyBytes);
        header[11] = 1;
        Assert.Throws<ShimProtocolException>(() => FrameHeader.Read(header, maxBodyBytes: 101));
    }

    [Fact]
    public void An_unknown_version_is_refused_before_anything_behind_it_is_read()
    {
        byte[] welcome = Body(writer => writer.UInt32(ShimProtocol.Magic).UInt16(ShimProtocol.Version + 1));
        ShimProtocolException refused = Assert.Throws<ShimProtocolException>(() => Welcome.Read(welcome));
        Assert.Contains($"version {ShimProtocol.Version + 1}", refused.Message, StringComparison.Ordinal);
        Assert.Throws<ShimProtocolException>(() => Welcome.Read("HTTP/1.1 200"u8));
    }

    [Theory]
    [InlineData(true, FrameKind.Hello)]
    [InlineData(false, FrameKind.Welcome)]
    public void Only_the_greeting_comes_first_and_only_once(bool isShim, FrameKind greeting)
    {
        foreach (FrameKind kind in Enum.GetValues<FrameKind>().Where(kind => kind != greeting))
        {
            Assert.Throws<ShimProtocolException>(() => Receive(new ConversationOrder(isShim), kind, 1));
            Assert.Throws<ShimProtocolException>(() => Receive(new ConversationOrder(isShim), kind, 0));
        }

        var order = new ConversationOrder(isShim);
        Assert.False(order.HasGreeted);
        Receive(order, greeting, 0);
        Assert.True(order.HasGreeted);
        Assert.Throws<ShimProtocolException>(() => Receive(order, greeting, 0));
    }

    [Fact]
    public void Each_side_takes_only_what_the_other_may_send()
    {
        foreach (FrameKind kind in Enum.GetValues<FrameKind>())
        {
            bool request = kind is FrameKind.CancelExec || (kind >= FrameKind.Launch && (int)kind % 2 == 0);
            bool reply = kind is FrameKind.Failure || (kind > FrameKind.Launch && (int)kind % 2 == 1);
            Assert.Equal(request, Accepts(isShim: true, kind, 7));
            Assert.Equal(reply, Accepts(isShim: false, kind, 7));
            Assert.False(Accepts(isShim: true, kind, 0));
            Assert.Equal(kind == FrameKind.Exited, Accepts(isShim: false, kind, 0));
        }
    }

    [Fact]
    public void Nothing_follows_a_shutdown()
    {
        ConversationOrder shim = Greeted(isShim: true);
        Receive(shim, FrameKind.Shutdown, 1);
        Assert.Throws<ShimProtocolException>(() => Receive(shim, FrameKind.List, 2));

        ConversationOrder daemon = Greeted(isShim: false);
        Receive(daemon, FrameKind.ShuttingDown, 1);
        Assert.Throws<ShimProtocolException>(() => Receive(daemon, FrameKind.Exited, 0));
    }

    private static bool Accepts(bool isShim, FrameKind kind, uint id)
    {
        try
        {
            Receive(Greeted(isShim), kind, id);
            return true;
        }
        catch (ShimProtocolException)
        {
            return false;
        }
    }

    private static ConversationOrder Greeted(bool isShim)
    {
        var order = new ConversationOrder(isShim);
        Receive(order, isShim ? FrameKind.Hello : FrameKind.Welcome, 0);
        return order;
    }

    private static void Receive(ConversationOrder order, FrameKind kind, uint id) => order.Receive(new FrameHeader(0, id, kind));

    private static byte[] Body(Action<FrameWriter> write)
    {
        var writer = new FrameWriter();
        write(writer.Begin(FrameKind.None, 0));
        return writer.End()[FrameHeader.Size..].ToArray();
    }

    private static string Text(ImmutableArray<byte> bytes) => System.Text.Encoding.UTF8.GetString(bytes.AsSpan());
}
