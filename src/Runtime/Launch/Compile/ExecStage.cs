using System.Collections.Immutable;
using System.Text;
using Keelson.Core;
using Keelson.Linux;
using Keelson.Oci.Launch.Building;
using Keelson.Oci.Launch.Engine;
using Keelson.Oci.Spec;

namespace Keelson.Oci.Launch.Compile;

/// <summary>The marker and the execve.</summary>
internal static class ExecStage
{
    private const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    internal static void Execute(PlanBuilder plan, ProcessSpec process)
    {
        if (process.Args.IsEmpty || process.Args[0].Length == 0)
        {
            throw new KeelsonException(ErrorKind.InvalidArgument, "no command specified");
        }

        string program = process.Args[0];
        PlanData argv = plan.Pointers(ImmutableArray.CreateRange(process.Args, plan.Text));
        PlanData envp = plan.Pointers(ImmutableArray.CreateRange(process.Env, entry => Environment(plan, entry)));
        Mark(plan);
        if (program.Contains('/', StringComparison.Ordinal))
        {
            plan.Add(ExecStep.Direct(program), "execve", plan.Text(program), argv, envp);
            return;
        }

        // The search along $PATH, one execve a directory; the answer of the last one stands for all.
        string[] candidates = [.. Directories(process).Select(directory => $"{directory.TrimEnd('/')}/{program}")];
        for (int i = 0; i < candidates.Length; i++)
        {
            PlanStep step = plan.Add(ExecStep.Searched(program, candidates[i]), "execve", plan.Text(candidates[i]), argv, envp);
            if (i < candidates.Length - 1)
            {
                step.Tolerating(Errno.ENOENT, Errno.EACCES, Errno.ENOTDIR);
            }
        }
    }

    /// <summary>The step that proves, at the pipe's end, that the plan came as far as the execve.</summary>
    internal static void Mark(PlanBuilder plan) => plan.Add("mark the execve", "getpid").Into(new PlanSlot(PlanSlots.Marker));

    private static string[] Directories(ProcessSpec process)
    {
        EnvironmentEntry? path = process.Env.LastOrDefault(entry => entry.Name == "PATH");
        string text = path is null ? DefaultPath : Encoding.UTF8.GetString(path.Value.Span);
        string[] directories = text.Split(':', StringSplitOptions.RemoveEmptyEntries);
        return directories.Length > 0 ? directories : DefaultPath.Split(':');
    }

    private static PlanData Environment(PlanBuilder plan, EnvironmentEntry entry)
    {
        if (entry.Name.Length == 0 || entry.Name.AsSpan().ContainsAny('=', '\0') || entry.Value.Span.Contains((byte)0))
        {
            throw new KeelsonException(ErrorKind.InvalidArgument, $"environment variable '{entry.Name.Replace('\0', '?')}': empty name, '=' in the name, or a NUL byte");
        }

        return plan.Bytes([.. Encoding.UTF8.GetBytes(entry.Name), (byte)'=', .. entry.Value.Span, 0]);
    }
}
