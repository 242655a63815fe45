using System.Buffers.Text;
using Keelson.Linux;
using Keelson.Oci.Launch.Engine;

namespace Keelson.Shim.Launching;

/// <summary>
/// A process that an OCI runtime has started and left behind. As the runtime's parent is a child subreaper, the process
/// becomes a child of this shim, and is reaped like one it has launched itself.
/// </summary>
internal static class DetachedProcess
{
    private const int SigKill = 9;
    private const int PatienceMilliseconds = 120_000;

    /// <summary>Waits for the runtime's end and takes over what it has started. Blocks.</summary>
    /// <param name="runtime">The runtime's process; its descriptor is closed here.</param>
    /// <param name="pidFile">Where the runtime has written the number of the process.</param>
    /// <exception cref="LinuxException">It failed, took too long, or left nothing behind.</exception>
    internal static LaunchEngineResult Of(LaunchEngineResult runtime, string pidFile)
    {
        using SafeFd ended = runtime.PidFd!;
        if (!ChildWait.WaitReadable(ended, PatienceMilliseconds) || !PidFd.TryReap(ended, out ChildExit exit))
        {
            PidFd.TrySendSignal(ended, SigKill);
            ChildWait.Reap(ended);
            throw new LinuxException("wait for the OCI runtime", pidFile, Errno.ETIMEDOUT);
        }

        if (exit.ExitCode != 0)
        {
            throw new LinuxException($"the OCI runtime ended with code {exit.ExitCode}", pidFile, Errno.ECHILD);
        }

        int pid = ReadPid(pidFile);
        SafeFd process = PidFd.TryOpen(pid, out Errno error) ?? throw new LinuxException("pidfd_open", pidFile, error);
        if (!PidFd.IsChild(process))
        {
            // Without being its parent its end could not be known: what a runtime has started for others is not ours to run.
            process.Dispose();
            throw new LinuxException($"process {pid} is no child of the shim", pidFile, Errno.ECHILD);
        }

        return new LaunchEngineResult { Pid = pid, PidFd = process, FailedStep = -1 };
    }

    private static int ReadPid(string file)
    {
        Span<byte> text = stackalloc byte[32];
        int length = PlainFile.TryReadAll(file, text, out Errno error);
        if (length < 0)
        {
            throw new LinuxException("read", file, error);
        }

        return Utf8Parser.TryParse(text[..length], out int pid, out _) && pid > 1 ? pid : throw new LinuxException("read the process id", file, Errno.EINVAL);
    }
}
