namespace Keelson.Linux;

/// <summary>
/// Tells when children end and reaps them, each by its own pidfd: never <c>waitpid(-1)</c>, which would steal the
/// status of children started by System.Diagnostics.Process. One thread serves all of them.
/// </summary>
public static class ChildWatcher
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<ulong, Watched> Children = [];
    private static EpollSet? _epoll;
    private static ulong _lastToken;

    /// <summary>Completes once the child has ended and been reaped. Takes ownership of <paramref name="child"/>.</summary>
    /// <exception cref="LinuxException">The process is out of descriptors or memory.</exception>
    public static Task<ChildExit> WatchAsync(SafeFd child)
    {
        var watched = new Watched(child);
        EpollSet epoll;
        ulong token;
        lock (Gate)
        {
            epoll = _epoll ??= Start();
            token = ++_lastToken;
            Children.Add(token, watched);
        }

        epoll.Add(child, EpollSet.Readable, token);
        return watched.Ended.Task;
    }

    private static EpollSet Start()
    {
        var epoll = new EpollSet(capacity: 64);
        new Thread(() => Run(epoll), maxStackSize: 256 * 1024) { IsBackground = true, Name = "child watcher" }.Start();
        return epoll;
    }

    private static void Run(EpollSet epoll)
    {
        while (true)
        {
            int count = epoll.Wait(-1);
            for (int i = 0; i < count; i++)
            {
                epoll.GetEvent(i, out _, out ulong token);
                Watched watched;
                lock (Gate)
                {
                    watched = Children[token];
                }

                // A pidfd is readable from the moment the process is a zombie, so this reaps at the first try.
                if (PidFd.TryReap(watched.Child, out ChildExit exit))
                {
                    Finish(epoll, token, watched, exit);
                }
            }
        }
    }

    private static void Finish(EpollSet epoll, ulong token, Watched watched, ChildExit exit)
    {
        lock (Gate)
        {
            Children.Remove(token);
        }

        epoll.Remove(watched.Child);
        watched.Child.Dispose();
        watched.Ended.SetResult(exit);
    }

    private sealed class Watched(SafeFd child)
    {
        public SafeFd Child { get; } = child;

        public TaskCompletionSource<ChildExit> Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
