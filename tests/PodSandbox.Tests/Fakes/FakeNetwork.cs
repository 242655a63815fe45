using System.Collections.Concurrent;
using System.Collections.Immutable;
using Keelson.Core;
using Keelson.Sandboxes;
using Keelson.Sandboxes.Cni;

namespace Keelson.PodSandbox.Tests.Fakes;

/// <summary>A network that hands out addresses and takes them back.</summary>
internal sealed class FakeNetwork : IPodNetwork
{
    private int _last = 1;

    internal ConcurrentDictionary<string, string> Attached { get; } = new();

    internal Func<Task> BeforeAttach { get; set; } = () => Task.CompletedTask;

    internal Func<Task> BeforeDetach { get; set; } = () => Task.CompletedTask;

    internal string? Problem { get; set; }

    internal string? DetachProblem { get; set; }

    internal ErrorKind DetachKind { get; set; } = ErrorKind.Unavailable;

    public async Task<ImmutableArray<string>> AttachAsync(CniAttachment attachment)
    {
        // Taken before it fails, as a chain of plugins whose second one refuses.
        string address = Attached[attachment.SandboxId] = $"10.0.0.{Interlocked.Increment(ref _last)}";
        await BeforeAttach();
        return Problem is null ? [address] : throw new KeelsonException(ErrorKind.Unavailable, Problem);
    }

    public async Task DetachAsync(string sandboxId)
    {
        await BeforeDetach();
        if (DetachProblem is not null)
        {
            throw new KeelsonException(DetachKind, DetachProblem);
        }

        Attached.TryRemove(sandboxId, out _);
    }

    public NetworkStatus Status() => new(Problem is null, Problem is null ? string.Empty : "NetworkPluginNotReady", Problem ?? string.Empty);

    public string? ResultOf(string sandboxId) => null;

    public ImmutableArray<string> Recorded() => [.. Attached.Keys];
}
