using System.Runtime.ExceptionServices;

namespace Keelson.Linux;

/// <summary>
/// Runs what changes the namespaces of its thread: on a thread of its own, never one of the pool, as the thread ends in
/// the other namespace and must not be used again.
/// </summary>
internal static class OwnThread
{
    private const int StackBytes = 256 * 1024;

    /// <summary>Runs <paramref name="action"/> and waits for it; what it throws is thrown here.</summary>
    internal static void Run(Action action)
    {
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                action();
            }
#pragma warning disable CA1031 // Carried over to the caller's thread whatever it is.
            catch (Exception caught)
#pragma warning restore CA1031
            {
                failure = ExceptionDispatchInfo.Capture(caught);
            }
        }, StackBytes)
        {
            IsBackground = true,
            Name = "namespace",
        };
        thread.Start();
        thread.Join();
        failure?.Throw();
    }
}
