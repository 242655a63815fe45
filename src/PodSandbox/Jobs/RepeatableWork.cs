using Keelson.Core;

namespace Keelson.Sandboxes;

/// <summary>
/// Stops and removals. To their callers NotFound means that there is nothing left to do (the kubelet goes on as after a
/// success), so they may only be told it of the object itself, never of a program, a file or a process on the way there.
/// </summary>
internal static class RepeatableWork
{
    /// <exception cref="KeelsonException">What the work failed with; Internal in place of NotFound.</exception>
    internal static async Task EndAsync(Task work)
    {
        try
        {
            await work;
        }
        catch (KeelsonException failure) when (failure.Kind == ErrorKind.NotFound)
        {
            throw new KeelsonException(ErrorKind.Internal, failure.Message, failure);
        }
    }
}
