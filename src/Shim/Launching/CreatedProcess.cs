using System.Buffers.Text;
using Keelson.Linux;
using Keelson.Oci.Launch.Engine;

namespace Keelson.Shim.Launching;

/// <summary>
/// A process that an OCI runtime creates and starts. As this shim is a child subreaper, the process becomes its child
/// when the create command ends, and is reaped like one that it has launched itself.
/// </summary>
internal sealed class CreatedProcess(ILaunchEngine engine)
{
    private const int SigKill = 9;
    private const int PatienceMilliseconds = 120_000;

    /// <summary>Takes over what the create command leaves, and starts it. Blocks.</summary>
    /// <param name="create">The command's process; its descriptor is closed here.</param>
    /// <param name="pidFile">Where the command has written the number of the process.</param>
    /// <param name="startPlan">The plan of the start command.</param>
    /// <exception cref="LinuxException">A command failed or took too long; the process, if there is one, is killed.</exception>
    internal LaunchEngineResult Start(LaunchEngineResult create, string pidFile, PlanBytes startPlan)
    {
        Await(create, "create");
        int pid = ReadPid(pidFile);
        SafeFd process = PidFd.TryOpen(pid, out Errno error) ?? throw new LinuxException("pidfd_open", pidFile, error);
        try
        {
            if (!PidFd.IsChild(process))
            {
                // Its end could not be known: what a runtime has made for others is not ours to run.
                throw new LinuxException($"process {pid} is no child of the shim", pidFile, Errno.ECHILD);
            }

            Await(LaunchStart(startPlan), "start");
            return new LaunchEngineResult { Pid = pid, PidFd = process, FailedStep = -1 };
        }
        catch
        {
            PidFd.TrySendSignal(process, SigKill);
            process.Dispose();
            throw;
        }
    }

    private LaunchEngineResult LaunchStart(PlanBytes plan)
    {
        if (!LaunchPlanImage.TryRead(plan.Memory, out LaunchPlanImage image))
        {
            throw new LinuxException("read the start plan", string.Empty, Errno.ENOEXEC);
        }

        using SafeFd nothing = PlainFile.OpenDevice("/dev/null");
        LaunchEngineResult start = engine.Launch(image, new LaunchInputs { Stdin = nothing, Stdout = nothing, Stderr = nothing });
        return start.Launched ? start : throw new LinuxException($"start the OCI runtime: step {start.FailedStep}", string.Empty, (Errno)start.Errno);
    }

    private static void Await(LaunchEngineResult command, string name)
    {
        using SafeFd ended = command.PidFd!;
        if (!ChildWait.WaitReadable(ended, PatienceMilliseconds) || !PidFd.TryReap(ended, out ChildExit exit))
        {
            PidFd.TrySendSignal(ended, SigKill);
            ChildWait.Reap(ended);
            throw new LinuxException($"{name} by the OCI runtime", string.Empty, Errno.ETIMEDOUT);
        }

        if (exit.ExitCode != 0)
        {
            throw new LinuxException($"{name} by the OCI runtime: it ended with code {exit.ExitCode}", string.Empty, Errno.ECHILD);
        }
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
