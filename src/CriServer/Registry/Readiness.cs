using Keelson.Core;
using Keelson.Grpc;
using Keelson.Sandboxes;

namespace Keelson.CriServer.Registry;

/// <summary>
/// Clients may connect while an earlier run's pods are still being looked up, and are told to come again: a refused
/// connection would tell them nothing, and a list without those pods would make the kubelet start them twice.
/// </summary>
internal sealed class Readiness(IPodRuntime runtime)
{
    internal Func<TRequest, CallContext, Task<TResponse>> Await<TRequest, TResponse>(Func<TRequest, CallContext, Task<TResponse>> handler) =>
        (request, call) =>
        {
            Check();
            return handler(request, call);
        };

    internal Func<TRequest, IResponseStream<TResponse>, CallContext, Task> Await<TRequest, TResponse>(
        Func<TRequest, IResponseStream<TResponse>, CallContext, Task> handler) =>
        (request, responses, call) =>
        {
            Check();
            return handler(request, responses, call);
        };

    private void Check()
    {
        if (!runtime.IsReady)
        {
            throw new KeelsonException(ErrorKind.Unavailable, "the runtime is still looking up the pods of an earlier run");
        }
    }
}
