using Keelson.Linux;
using Keelson.Oci.Launch;
using Keelson.Oci.Launch.Building;
using Keelson.Oci.Launch.Engine;

namespace Keelson.Runtime.Tests.Launch;

/// <summary>Runs plans and waits for what they started.</summary>
internal sealed class EngineHarness : IDisposable
{
    private readonly ForkCalliEngine _engine = new();
    private readonly SafeFd _null = PlainFile.OpenDevice("/dev/null");

    internal LaunchEngineResult Launch(LaunchPlan plan, SafeFd? output = null, SafeFd? target = null, int timeoutMilliseconds = 20_000, SafeFd? input = null, SafeFd? extra = null)
    {
        Assert.True(LaunchPlanImage.TryRead(plan.Image, out LaunchPlanImage image));
        return _engine.Launch(image, new LaunchInputs
        {
            Stdin = input ?? _null,
            Stdout = output ?? _null,
            Stderr = output ?? _null,
            Target = target,
            Extra = extra is null ? null : [extra],
            TimeoutMilliseconds = timeoutMilliseconds,
        });
    }

    /// <summary>Launches, collects what it writes, and gives its exit code.</summary>
    internal (int ExitCode, string Output) Run(LaunchPlan plan, SafeFd? target = null)
    {
        PipePair pipe = PipePair.Create();
        LaunchEngineResult result;
        using (pipe.Write)
        {
            result = Launch(plan, pipe.Write, target);
        }

        using SafeFd read = pipe.Read;
        Assert.True(result.Launched, result.FailedStep >= 0 ? plan.DescribeFailure(result.FailedStep, result.Errno) : "?");
        string text = ReadToEnd(read);
        return (Wait(result), text);
    }

    internal static string ReadToEnd(SafeFd read)
    {
        using MemoryStream all = new();
        byte[] buffer = new byte[4096];
        while (ChildWait.WaitReadable(read, 20_000) && FdIO.Read(read, buffer, out _) is int count && count > 0)
        {
            all.Write(buffer, 0, count);
        }

        return System.Text.Encoding.UTF8.GetString(all.ToArray());
    }

    internal static int Wait(LaunchEngineResult result)
    {
        using SafeFd process = result.PidFd!;
        Assert.True(ChildWait.WaitReadable(process, 20_000), "the process did not end in 20 s");
        Assert.True(PidFd.TryReap(process, out ChildExit exit));
        return exit.ExitCode;
    }

    internal static void Kill(LaunchEngineResult result)
    {
        PidFd.TrySendSignal(result.PidFd!, 9);
        Wait(result);
    }

    /// <summary>The shortest plan that executes something.</summary>
    internal static PlanBuilder Exec(PlanBuilder builder, string path, params string[] args)
    {
        for (int i = 0; i < 3; i++)
        {
            builder.Add($"dup3 to {i}", "dup3", new PlanSlot((ushort)i), i, 0);
        }

        builder.Add("mark", "getpid").Into(new PlanSlot(PlanSlots.Marker));
        PlanData argv = builder.Pointers([.. args.Prepend(path).Select(builder.Text)]);
        builder.Add(ExecStep.Direct(path), "execve", builder.Text(path), argv, builder.Pointers([]));
        return builder;
    }

    public void Dispose() => _null.Dispose();
}
