using System.Collections.Immutable;
using Keelson.Core;
using Microsoft.Extensions.Logging;

namespace Keelson.Sandboxes;

/// <summary>
/// Takes back what was acquired, in reverse order, unless <see cref="Commit"/> was called. Each step is registered on
/// the line after its acquisition. Undoing has its own deadline: the request's may have passed, which may be why.
/// </summary>
internal sealed partial class UndoStack(ILogger log, TimeSpan deadline) : IAsyncDisposable
{
    private readonly Stack<Step> _steps = new();

    internal void Add(string description, Func<CancellationToken, Task> undo) => _steps.Push(new Step(description, undo));

    internal void Add(string description, Action undo) => Add(description, _ =>
    {
        undo();
        return Task.CompletedTask;
    });

    internal void Commit() => _steps.Clear();

    /// <summary>Runs the steps; the ones that failed are logged and described in the result.</summary>
    internal async Task<ImmutableArray<string>> RunAsync()
    {
        var failures = ImmutableArray.CreateBuilder<string>();
        using var timeout = new CancellationTokenSource(deadline);
        while (_steps.TryPop(out Step? step))
        {
            try
            {
                await step.Undo(timeout.Token);
            }
            catch (Exception failure) when (failure is KeelsonException or IOException or OperationCanceledException or UnauthorizedAccessException)
            {
                LogUndoFailed(log, step.Description, failure);
                failures.Add($"{step.Description}: {failure.Message}");
            }
        }

        return failures.ToImmutable();
    }

    public async ValueTask DisposeAsync() => await RunAsync();

    private sealed record Step(string Description, Func<CancellationToken, Task> Undo);
}
