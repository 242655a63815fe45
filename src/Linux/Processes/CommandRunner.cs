using System.Diagnostics;
using System.Runtime.InteropServices;
using Keelson.Linux.Native;

namespace Keelson.Linux;

/// <summary>
/// Runs a program to its end: input given, output collected up to a bound, killed with its process group when its
/// time is over. Blocks the calling thread.
/// </summary>
public static class CommandRunner
{
    // A child that went to the background may keep the pipes; its parent's answer does not wait for it.
    private const int DrainMilliseconds = 500;
    private const int BusyTries = 50;
    private const int BusyMilliseconds = 20;
    private const ulong StdoutToken = 1;
    private const ulong StderrToken = 2;
    private const ulong StdinToken = 3;
    private const ulong ExitToken = 4;

    /// <summary>Runs <paramref name="command"/>.</summary>
    /// <exception cref="LinuxException">It could not be started.</exception>
    public static CommandResult Run(Command command)
    {
        PipePair stdin = PipePair.Create();
        PipePair stdout = PipePair.Create();
        PipePair stderr = PipePair.Create();
        using SafeFd input = stdin.Write;
        using SafeFd output = stdout.Read;
        using SafeFd errors = stderr.Read;
        int pid;
        using (stdin.Read)
        using (stdout.Write)
        using (stderr.Write)
        {
            pid = Spawn(command, stdin.Read, stdout.Write, stderr.Write);
        }

        // Not yet reaped, so the number is surely ours.
        using SafeFd process = PidFd.TryOpen(pid, out Errno error) ?? throw new LinuxException("pidfd_open", command.Path, error);
        FdIO.SetNonBlocking(input);
        FdIO.SetNonBlocking(output);
        FdIO.SetNonBlocking(errors);
        return new Session(command, pid, process, input, output, errors).Run();
    }

    private static unsafe int Spawn(Command command, SafeFd stdin, SafeFd stdout, SafeFd stderr)
    {
        byte* attributes = stackalloc byte[LibC.OpaqueSpawnObjectBytes];
        byte* actions = stackalloc byte[LibC.OpaqueSpawnObjectBytes];
        new Span<byte>(attributes, LibC.OpaqueSpawnObjectBytes).Clear();
        new Span<byte>(actions, LibC.OpaqueSpawnObjectBytes).Clear();
        LibC.sigset_t none = default;
        LibC.sigset_t all = default;
        new Span<byte>(&all, sizeof(LibC.sigset_t)).Fill(0xff);
        LibC.posix_spawnattr_init(attributes);
        LibC.posix_spawn_file_actions_init(actions);
        using var path = new NativeStrings([command.Path]);
        using var arguments = new NativeStrings([command.Path, .. command.Arguments]);
        using var environment = new NativeStrings(command.Environment);
        try
        {
            // A group of its own, so that the plugin and all that it starts can be killed at once; .NET ignores
            // SIGPIPE, and an ignored signal survives execve.
            LibC.posix_spawnattr_setflags(
                attributes, LibC.POSIX_SPAWN_SETPGROUP | LibC.POSIX_SPAWN_SETSIGDEF | LibC.POSIX_SPAWN_SETSIGMASK);
            LibC.posix_spawnattr_setpgroup(attributes, 0);
            LibC.posix_spawnattr_setsigdefault(attributes, &all);
            LibC.posix_spawnattr_setsigmask(attributes, &none);
            LibC.posix_spawn_file_actions_adddup2(actions, stdin.Number, 0);
            LibC.posix_spawn_file_actions_adddup2(actions, stdout.Number, 1);
            LibC.posix_spawn_file_actions_adddup2(actions, stderr.Number, 2);

            int pid;
            int error = LibC.posix_spawn(&pid, path.Pointers[0], actions, attributes, arguments.Pointers, environment.Pointers);
            for (int tries = 0; error == (int)Errno.ETXTBSY && tries < BusyTries; tries++)
            {
                // Somebody writes the program just now (an update), or was forked off while he did and is about to exec.
                // Milliseconds, on a thread that is about to start a process.
#pragma warning disable RS0030
                Thread.Sleep(BusyMilliseconds);
#pragma warning restore RS0030
                error = LibC.posix_spawn(&pid, path.Pointers[0], actions, attributes, arguments.Pointers, environment.Pointers);
            }

            return error == 0 ? pid : throw new LinuxException("posix_spawn", command.Path, (Errno)error);
        }
        finally
        {
            LibC.posix_spawn_file_actions_destroy(actions);
            LibC.posix_spawnattr_destroy(attributes);
        }
    }

    /// <summary>A NULL-terminated array of C strings.</summary>
    private sealed unsafe class NativeStrings : IDisposable
    {
        private readonly int _count;

        internal NativeStrings(IReadOnlyList<string> strings)
        {
            _count = strings.Count;
            Pointers = (byte**)NativeMemory.AllocZeroed((nuint)(_count + 1), (nuint)sizeof(byte*));
            for (int i = 0; i < _count; i++)
            {
                Pointers[i] = (byte*)Marshal.StringToCoTaskMemUTF8(strings[i]);
            }
        }

        internal byte** Pointers { get; }

        public void Dispose()
        {
            for (int i = 0; i < _count; i++)
            {
                Marshal.FreeCoTaskMem((nint)Pointers[i]);
            }

            NativeMemory.Free(Pointers);
        }
    }

    /// <summary>The loop that feeds, drains and waits.</summary>
    private sealed class Session(Command command, int pid, SafeFd process, SafeFd input, SafeFd output, SafeFd errors)
    {
        private readonly MemoryStream _stdout = new();
        private readonly MemoryStream _stderr = new();
        private readonly byte[] _buffer = new byte[16 * 1024];
        private int _fed;
        private int _openOutputs = 2;
        private bool _feeding = true;
        private bool _ended;
        private ChildExit _exit;

        internal CommandResult Run()
        {
            using var set = new EpollSet(4);
            set.Add(output, EpollSet.Readable, StdoutToken);
            set.Add(errors, EpollSet.Readable, StderrToken);
            set.Add(input, EpollSet.Writable, StdinToken);
            set.Add(process, EpollSet.Readable, ExitToken);
            long deadline = Stopwatch.GetTimestamp() + (long)(command.Deadline.TotalSeconds * Stopwatch.Frequency);
            bool timedOut = false;
            while (!_ended || _openOutputs > 0)
            {
                int left = (int)Math.Clamp((deadline - Stopwatch.GetTimestamp()) * 1000.0 / Stopwatch.Frequency, 0, int.MaxValue);
                int count = set.Wait(_ended ? Math.Min(left, DrainMilliseconds) : left);
                if (count == 0 && (_ended || Stopwatch.GetTimestamp() >= deadline))
                {
                    timedOut = !_ended;
                    break;
                }

                Serve(set, count);
            }

            if (timedOut)
            {
                Kill(set);
            }

            return new CommandResult(_exit.ExitCode, timedOut, _stdout.ToArray(), _stderr.ToArray());
        }

        private void Serve(EpollSet set, int count)
        {
            for (int i = 0; i < count; i++)
            {
                set.GetEvent(i, out _, out ulong token);
                switch (token)
                {
                    case StdoutToken:
                        Drain(set, output, _stdout);
                        break;
                    case StderrToken:
                        Drain(set, errors, _stderr);
                        break;
                    case StdinToken when _feeding:
                        Feed(set);
                        break;
                    case ExitToken when !_ended && PidFd.TryReap(process, out _exit):
                        _ended = true;
                        set.Remove(process);
                        break;
                }
            }
        }

        private void Feed(EpollSet set)
        {
            int written = FdIO.Write(input, command.Input.Span[_fed..], out Errno error);
            _fed += Math.Max(0, written);
            if ((written < 0 && error != Errno.EAGAIN) || _fed == command.Input.Length)
            {
                // All given, or a program that does not read its input: both end here, the exit code tells.
                _feeding = false;
                set.Remove(input);
                input.Dispose();
            }
        }

        private void Drain(EpollSet set, SafeFd fd, MemoryStream kept)
        {
            int count = FdIO.Read(fd, _buffer, out Errno error);
            if (count < 0 && error == Errno.EAGAIN)
            {
                return;
            }

            if (count <= 0)
            {
                _openOutputs--;
                set.Remove(fd);
                return;
            }

            // Beyond the bound it is read and dropped, so that the program can go on.
            kept.Write(_buffer.AsSpan(0, (int)Math.Min(count, command.OutputLimit - kept.Length)));
        }

        private void Kill(EpollSet set)
        {
            LibC.kill(-pid, LibC.SIGKILL);
            PidFd.TrySendSignal(process, LibC.SIGKILL);
            long until = Environment.TickCount64 + DrainMilliseconds;
            while (!_ended && Environment.TickCount64 < until)
            {
                int count = set.Wait(DrainMilliseconds);
                Serve(set, count);
            }

            if (!_ended)
            {
                // In an uninterruptible call (D state): SIGKILL stays pending, and somebody must reap it then.
                ReapLater(pid);
            }
        }

        private static void ReapLater(int pid)
        {
            var reaper = new Thread(() =>
            {
                while (PidFd.TryOpen(pid, out _) is { } handle)
                {
                    using (handle)
                    {
                        if (PidFd.TryReap(handle, out _))
                        {
                            return;
                        }
                    }

                    // A thread of its own, which has nothing else to do.
#pragma warning disable RS0030
                    Thread.Sleep(1000);
#pragma warning restore RS0030
                }
            })
            {
                IsBackground = true,
                Name = "reap",
            };
            reaper.Start();
        }
    }
}
