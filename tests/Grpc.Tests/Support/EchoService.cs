using Google.Protobuf.WellKnownTypes;
using Keelson.Core;

namespace Keelson.Grpc.Tests.Support;

/// <summary>A service made of well-known types, so that any client can speak it with a few bytes written by hand.</summary>
internal sealed class EchoService
{
    internal const string Name = "test.Echo";

    internal static readonly RpcMethod<BytesValue, BytesValue> Echo = new(Name, "Echo", BytesValue.Parser, BytesValue.Parser);
    internal static readonly RpcMethod<StringValue, StringValue> Fail = new(Name, "Fail", StringValue.Parser, StringValue.Parser);
    internal static readonly RpcMethod<StringValue, StringValue> Throw = new(Name, "Throw", StringValue.Parser, StringValue.Parser);
    internal static readonly RpcMethod<Int32Value, StringValue> Wait = new(Name, "Wait", Int32Value.Parser, StringValue.Parser);
    internal static readonly RpcMethod<Int32Value, Int32Value> Count = new(Name, "Count", Int32Value.Parser, Int32Value.Parser);
    internal static readonly RpcMethod<Empty, Empty> Forever = new(Name, "Forever", Empty.Parser, Empty.Parser);
    internal static readonly RpcMethod<Empty, StringValue> WhoAmI = new(Name, "WhoAmI", Empty.Parser, StringValue.Parser);
    internal static readonly RpcMethod<Int32Value, BytesValue> Large = new(Name, "Large", Int32Value.Parser, BytesValue.Parser);
    internal static readonly RpcMethod<Empty, Empty> Planned = new(Name, "Planned", Empty.Parser, Empty.Parser);
    internal static readonly RpcMethod<Empty, Empty> Missing = new(Name, "Missing", Empty.Parser, Empty.Parser);

    /// <summary>Completes when a call of Wait or Forever has seen its cancellation.</summary>
    internal TaskCompletionSource Cancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal MethodTable Methods() => new MethodTable.Builder()
        .Unary(Echo, (request, _) => Task.FromResult(request))
        .Unary(Fail, (request, _) => throw new RpcException(StatusCode.NotFound, request.Value))
        .Unary(Throw, (request, _) => throw new KeelsonException(ErrorKind.Internal, request.Value))
        .Unary(Wait, WaitAsync)
        .Unary(WhoAmI, (_, call) => Task.FromResult(new StringValue { Value = $"{call.Peer!.Pid} {call.Peer.Uid} {call.Peer.Gid}" }))
        .Unary(Large, (request, _) => Task.FromResult(new BytesValue { Value = Google.Protobuf.ByteString.CopyFrom(new byte[request.Value]) }))
        .ServerStreaming(Count, CountAsync)
        .ServerStreaming(Forever, ForeverAsync)
        .Unimplemented(Name, Planned.Name, "Planned: needs a plan")
        .Build();

    private static async Task CountAsync(Int32Value request, IResponseStream<Int32Value> responses, CallContext call)
    {
        for (int i = 1; i <= Math.Abs(request.Value); i++)
        {
            await responses.WriteAsync(new Int32Value { Value = i }, call.CancellationToken);
        }

        if (request.Value < 0)
        {
            throw new RpcException(StatusCode.Aborted, "counted into the negative");
        }
    }

    private async Task<StringValue> WaitAsync(Int32Value milliseconds, CallContext call)
    {
        try
        {
            await Task.Delay(milliseconds.Value, call.CancellationToken);
            return new StringValue { Value = call.Deadline is null ? "no deadline" : "deadline" };
        }
        catch (OperationCanceledException)
        {
            Cancelled.TrySetResult();
            throw;
        }
    }

    private async Task ForeverAsync(Empty request, IResponseStream<Empty> responses, CallContext call)
    {
        try
        {
            await responses.WriteAsync(new Empty(), call.CancellationToken);
            await Task.Delay(Timeout.Infinite, call.CancellationToken);
        }
        catch (OperationCanceledException)
        {
            Cancelled.TrySetResult();
            throw;
        }
    }
}
