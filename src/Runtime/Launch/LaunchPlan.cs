using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Keelson.Linux;
using Keelson.Oci.Launch.Building;

namespace Keelson.Oci.Launch;

/// <summary>A compiled launch: what the shim runs, and the words for it, which stay with the daemon.</summary>
public sealed class LaunchPlan
{
    private readonly ImmutableArray<PlanStep> _steps;
    private readonly byte[] _data;

    internal LaunchPlan(byte[] image, ImmutableArray<string> stepNames, ImmutableArray<PlanStep> steps, byte[] data)
    {
        Image = image;
        Steps = stepNames;
        _steps = steps;
        _data = data;
    }

    /// <summary>The image for <c>LaunchRequest.Plan</c>.</summary>
    public ReadOnlyMemory<byte> Image { get; }

    /// <summary>What each step does to what; the index is <c>LaunchOutcome.FailedStep</c>.</summary>
    public ImmutableArray<string> Steps { get; }

    /// <summary>Whether the terminal is to be of a devpts of its own, whose mount the plan takes: <c>LaunchTerminal.OfContainer</c>.</summary>
    public bool TakesTerminalMount { get; internal init; }

    /// <summary>The message for a failed launch: the step, its subject, and the reason.</summary>
    /// <param name="failedStep"><c>LaunchOutcome.FailedStep</c>.</param>
    /// <param name="errno"><c>LaunchOutcome.Errno</c>.</param>
    public string DescribeFailure(int failedStep, int errno)
    {
        string step = failedStep >= 0 && failedStep < Steps.Length ? Steps[failedStep] : $"step {failedStep}";
        return errno switch
        {
            0 => $"{step}: the process died or stopped short during this step",
            (int)Errno.ETIMEDOUT => $"{step}: took too long, the process was killed (errno {errno})",
            (int)Errno.ENOENT when step.StartsWith(ExecStep.SearchedPrefix, StringComparison.Ordinal) =>
                $"{ExecStep.Original(step)}: executable file not found in $PATH (errno {errno})",
            _ => $"{step}: {System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})",
        };
    }

    /// <summary>The plan as text, a step a line: the call, its arguments, where it may fail, where it goes on.</summary>
    public string Explain()
    {
        StringBuilder text = new();
        int first = Steps.Length - _steps.Length;
        for (int i = 0; i < first; i++)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{i,4}  {Steps[i]}");
        }

        for (int i = 0; i < _steps.Length; i++)
        {
            PlanStep step = _steps[i];
            text.Append(CultureInfo.InvariantCulture, $"{first + i,4}  {step.Name}  # {step.Call}({string.Join(", ", Array.ConvertAll(step.Args, Show))})");
            text.Append(step.OutSlot == Engine.LaunchOp.NoSlot ? string.Empty : $" -> s{step.OutSlot}");
            text.Append(Errors(step, first));
            text.AppendLine(
                step.OnOkLabel is PlanLabel ok ? $" then {first + ok.Position}"
                : step.OnZeroLabel is PlanLabel zero ? $" on 0 then {first + zero.Position}"
                : string.Empty);
        }

        return text.ToString();
    }

    private static string Errors(PlanStep step, int first)
    {
        if (step.Tolerated == 0)
        {
            return string.Empty;
        }

        StringBuilder text = new(" unless");
        for (uint rest = step.Tolerated; rest != 0; rest >>= 8)
        {
            byte errno = (byte)rest;
            text.Append(' ').Append(errno == Engine.LaunchOp.AnyErrno ? "any error" : ((Errno)errno).ToString());
        }

        return step.OnError is PlanLabel label ? text.Append(CultureInfo.InvariantCulture, $" goto {first + label.Position}").ToString() : text.ToString();
    }

    private string Show(PlanArg arg) => arg.Kind switch
    {
        PlanArgKind.Slot => $"s{arg.Value}",
        PlanArgKind.Data => ShowData((int)arg.Value),
        _ => arg.Value is >= 0 and < 10 or < 0 and > -200 ? arg.Value.ToString(CultureInfo.InvariantCulture) : $"0x{arg.Value:x}",
    };

    /// <summary>Text where the data is a text, else its place. Environment and arguments lie behind pointer lists and are not shown.</summary>
    private string ShowData(int offset)
    {
        ReadOnlySpan<byte> rest = _data.AsSpan(offset);
        int end = rest.IndexOf((byte)0);
        return end > 0 && rest[..end].IndexOfAnyExceptInRange((byte)0x20, (byte)0x7e) < 0
            ? $"\"{Encoding.ASCII.GetString(rest[..end])}\""
            : $"&{offset}";
    }
}
