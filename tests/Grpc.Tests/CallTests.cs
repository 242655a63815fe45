using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Keelson.Grpc.Tests.Support;

namespace Keelson.Grpc.Tests;

public sealed class CallTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(32 * 1024)]
    [InlineData(33 * 1024)]
    [InlineData(15 * 1024 * 1024)]
    public async Task A_message_of_any_size_up_to_the_limit_goes_there_and_back(int size)
    {
        await using TestServer server = await TestServer.StartAsync();
        byte[] bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        BytesValue answer = await Call(server, EchoService.Echo, new BytesValue { Value = ByteString.CopyFrom(bytes) });
        Assert.Equal(bytes, answer.Value.ToByteArray());
    }

    [Theory]
    [InlineData("container not found")]
    [InlineData("100 % naïve — контейнер ☃ 😀\nsecond line")]
    public async Task A_failure_arrives_with_its_status_and_its_whole_message(string message)
    {
        await using TestServer server = await TestServer.StartAsync();
        RpcException end = await Fails(server, EchoService.Fail, new StringValue { Value = message });
        Assert.Equal((StatusCode.NotFound, message), (end.Status, end.Message));
    }

    [Fact]
    public async Task A_message_too_long_for_a_header_is_cut_but_the_status_arrives()
    {
        await using TestServer server = await TestServer.StartAsync();
        RpcException end = await Fails(server, EchoService.Fail, new StringValue { Value = new string('я', 100_000) });
        Assert.Equal(StatusCode.NotFound, end.Status);
        Assert.StartsWith("яяя", end.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_domain_exception_becomes_what_the_translator_says()
    {
        await using TestServer server = await TestServer.StartAsync();
        RpcException end = await Fails(server, EchoService.Throw, new StringValue { Value = "broken" });
        Assert.Equal((StatusCode.FailedPrecondition, "broken"), (end.Status, end.Message));
    }

    [Fact]
    public async Task A_method_that_is_known_and_has_no_handler_is_unimplemented_for_a_reason()
    {
        await using TestServer server = await TestServer.StartAsync();
        RpcException end = await Fails(server, EchoService.Planned, new Empty());
        Assert.Equal((StatusCode.Unimplemented, "Planned: needs a plan"), (end.Status, end.Message));
    }

    [Fact]
    public async Task An_unknown_method_is_unimplemented()
    {
        await using TestServer server = await TestServer.StartAsync();
        RpcException end = await Fails(server, EchoService.Missing, new Empty());
        Assert.Equal(StatusCode.Unimplemented, end.Status);
        Assert.Contains("/test.Echo/Missing", end.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_over_the_limit_is_refused_and_the_connection_goes_on()
    {
        await using TestServer server = await TestServer.StartAsync(receiveLimit: 1024);
        RpcException end = await Fails(server, EchoService.Echo, new BytesValue { Value = ByteString.CopyFrom(new byte[2 * 1024 * 1024]) });
        Assert.Equal(StatusCode.ResourceExhausted, end.Status);
        await Call(server, EchoService.Echo, new BytesValue());
    }

    [Fact]
    public async Task An_answer_over_the_limit_is_refused_by_the_server()
    {
        await using TestServer server = await TestServer.StartAsync();
        RpcException end = await Fails(server, EchoService.Large, new Int32Value { Value = 17 * 1024 * 1024 });
        Assert.Equal(StatusCode.ResourceExhausted, end.Status);
        Assert.Contains("answer", end.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deadline_ends_the_call_on_both_sides()
    {
        await using TestServer server = await TestServer.StartAsync();
        Task<StringValue> call = server.Channel.CallAsync(
            EchoService.Wait, new Int32Value { Value = 60_000 }, TimeSpan.FromMilliseconds(200), CancellationToken.None);
        RpcException end = await Assert.ThrowsAsync<RpcException>(() => call.WaitAsync(TestServer.Patience));
        Assert.Equal(StatusCode.DeadlineExceeded, end.Status);
        await server.Service.Cancelled.Task.WaitAsync(TestServer.Patience);
    }

    [Fact]
    public async Task A_call_given_up_by_the_client_is_cancelled_on_the_server()
    {
        await using TestServer server = await TestServer.StartAsync();
        using var givesUp = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        Task<StringValue> call = server.Channel.CallAsync(EchoService.Wait, new Int32Value { Value = 60_000 }, null, givesUp.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.WaitAsync(TestServer.Patience));
        await server.Service.Cancelled.Task.WaitAsync(TestServer.Patience);
    }

    [Fact]
    public async Task A_stream_gives_every_message_in_order()
    {
        await using TestServer server = await TestServer.StartAsync();
        int expected = 0;
        await foreach (Int32Value value in server.Channel.StreamAsync(EchoService.Count, new Int32Value { Value = 1000 }, TestServer.Patience, default))
        {
            Assert.Equal(++expected, value.Value);
        }

        Assert.Equal(1000, expected);
    }

    [Fact]
    public async Task A_stream_that_fails_gives_its_messages_first()
    {
        await using TestServer server = await TestServer.StartAsync();
        var seen = new List<int>();
        RpcException end = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (Int32Value value in server.Channel.StreamAsync(EchoService.Count, new Int32Value { Value = -3 }, TestServer.Patience, default))
            {
                seen.Add(value.Value);
            }
        });
        Assert.Equal([1, 2, 3], seen);
        Assert.Equal((StatusCode.Aborted, "counted into the negative"), (end.Status, end.Message));
    }

    [Fact]
    public async Task Stopping_the_server_ends_a_stream_as_unavailable_and_lets_a_short_call_finish()
    {
        await using TestServer server = await TestServer.StartAsync();
        IAsyncEnumerator<Empty> stream = server.Channel.StreamAsync(EchoService.Forever, new Empty(), TestServer.Patience, default).GetAsyncEnumerator();
        Assert.True(await stream.MoveNextAsync().AsTask().WaitAsync(TestServer.Patience));
        Task<StringValue> shortCall = server.Channel.CallAsync(EchoService.Wait, new Int32Value { Value = 500 }, null, default);
        await Task.Delay(100);
        Task stop = server.StopAsync();
        RpcException end = await Assert.ThrowsAsync<RpcException>(() => stream.MoveNextAsync().AsTask().WaitAsync(TestServer.Patience));
        Assert.Equal(StatusCode.Unavailable, end.Status);
        Assert.Equal("no deadline", (await shortCall.WaitAsync(TestServer.Patience)).Value);
        await stop;
        Assert.False(File.Exists(server.SocketPath));
        await stream.DisposeAsync();
    }

    [Fact]
    public async Task Many_calls_share_one_connection()
    {
        await using TestServer server = await TestServer.StartAsync();
        await Parallel.ForAsync(0, 500, async (i, _) =>
        {
            ByteString value = ByteString.CopyFromUtf8($"call {i}");
            Assert.Equal(value, (await Call(server, EchoService.Echo, new BytesValue { Value = value })).Value);
        });
    }

    [Fact]
    public async Task The_handler_knows_who_calls()
    {
        await using TestServer server = await TestServer.StartAsync();
        string who = (await Call(server, EchoService.WhoAmI, new Empty())).Value;
        Assert.StartsWith($"{Environment.ProcessId} ", who, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_unavailable()
    {
        using GrpcChannel channel = GrpcChannel.ToUnixSocket("/nonexistent/keelson.sock");
        RpcException end = await Assert.ThrowsAsync<RpcException>(
            () => channel.CallAsync(EchoService.Echo, new BytesValue(), null, default).WaitAsync(TestServer.Patience));
        Assert.Equal(StatusCode.Unavailable, end.Status);
        Assert.Contains("/nonexistent/keelson.sock", end.Message, StringComparison.Ordinal);
    }

    private static Task<TResponse> Call<TRequest, TResponse>(TestServer server, RpcMethod<TRequest, TResponse> method, TRequest request)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> =>
        server.Channel.CallAsync(method, request, TestServer.Patience, CancellationToken.None).WaitAsync(TestServer.Patience);

    private static Task<RpcException> Fails<TRequest, TResponse>(TestServer server, RpcMethod<TRequest, TResponse> method, TRequest request)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> =>
        Assert.ThrowsAsync<RpcException>(() => Call(server, method, request));
}
