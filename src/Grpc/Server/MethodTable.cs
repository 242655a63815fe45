using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;

namespace Keelson.Grpc;

/// <summary>The methods a server has, by path.</summary>
public sealed class MethodTable
{
    private readonly FrozenDictionary<string, ServerMethod> _methods;

    private MethodTable(IEnumerable<ServerMethod> methods)
    {
        _methods = methods.ToFrozenDictionary(m => m.Path, StringComparer.Ordinal);
    }

    /// <summary>The paths of all methods.</summary>
    public IReadOnlyList<string> Paths => _methods.Keys;

    internal bool TryGet(string path, [NotNullWhen(true)] out ServerMethod? method) => _methods.TryGetValue(path, out method);

    /// <summary>Collects methods; a path can be given once only.</summary>
    public sealed class Builder
    {
        private readonly List<ServerMethod> _methods = [];

        /// <summary>Adds a method with one request and one answer.</summary>
        public Builder Unary<TRequest, TResponse>(
            RpcMethod<TRequest, TResponse> method,
            Func<TRequest, CallContext, Task<TResponse>> handler)
            where TRequest : class, IMessage<TRequest>
            where TResponse : class, IMessage<TResponse>
        {
            _methods.Add(new UnaryMethod<TRequest, TResponse>(method, handler));
            return this;
        }

        /// <summary>Adds a method with one request and a stream of answers, which ends when the handler returns.</summary>
        public Builder ServerStreaming<TRequest, TResponse>(
            RpcMethod<TRequest, TResponse> method,
            Func<TRequest, IResponseStream<TResponse>, CallContext, Task> handler)
            where TRequest : class, IMessage<TRequest>
            where TResponse : class, IMessage<TResponse>
        {
            _methods.Add(new ServerStreamingMethod<TRequest, TResponse>(method, handler));
            return this;
        }

        /// <summary>Makes the table.</summary>
        public MethodTable Build() => new(_methods);
    }
}
