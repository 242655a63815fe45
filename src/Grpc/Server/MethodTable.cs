using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;

namespace Keelson.Grpc;

/// <summary>The methods a server has, by path.</summary>
public sealed class MethodTable
{
    private readonly FrozenDictionary<string, ServerMethod> _methods;
    private readonly FrozenDictionary<string, string> _unimplemented;

    private MethodTable(IEnumerable<ServerMethod> methods, IEnumerable<KeyValuePair<string, string>> unimplemented)
    {
        _methods = methods.ToFrozenDictionary(m => m.Path, StringComparer.Ordinal);
        _unimplemented = unimplemented.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>The paths of all methods that have a handler.</summary>
    public IReadOnlyList<string> Paths => _methods.Keys;

    internal bool TryGet(string path, [NotNullWhen(true)] out ServerMethod? method) => _methods.TryGetValue(path, out method);

    /// <summary>What a client of a path without a handler is told.</summary>
    internal string WhyUnimplemented(string path) => _unimplemented.GetValueOrDefault(path) ?? $"unknown method {path}";

    /// <summary>Collects methods; a path can be given once only.</summary>
    public sealed class Builder
    {
        private readonly List<ServerMethod> _methods = [];
        private readonly Dictionary<string, string> _unimplemented = new(StringComparer.Ordinal);

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

        /// <summary>Adds a method that the service has and this server has not, and what to tell its clients.</summary>
        public Builder Unimplemented(string service, string name, string reason)
        {
            _unimplemented.Add($"/{service}/{name}", reason);
            return this;
        }

        /// <summary>Makes the table.</summary>
        public MethodTable Build() => new(_methods, _unimplemented);
    }
}
