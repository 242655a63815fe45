using Keelson.Core;
using Keelson.Linux.Native;
using Keelson.Oci.Spec;

namespace Keelson.Oci.Seccomp;

/// <summary>
/// One comparison of a 64-bit argument, in halves of 32 bits, since that is all classic BPF loads. A comparison that
/// holds goes on behind itself; one that fails jumps over the rest of its rule.
/// </summary>
internal static class SeccompCondition
{
    private const uint MaxArgument = 5;

    /// <summary>A jump out of the comparison: to the rule's end. Patched when the rule's length is known.</summary>
    private const int Fail = -1;

    /// <summary>Adds the comparison; <paramref name="failures"/> collects the jumps that leave the rule.</summary>
    /// <exception cref="KeelsonException">InvalidArgument.</exception>
    internal static void Add(List<Uapi.sock_filter> code, SyscallArgSpec condition, List<(int Index, bool Yes)> failures)
    {
        if (condition.Index > MaxArgument)
        {
            throw new KeelsonException(ErrorKind.InvalidArgument, $"seccomp argument {condition.Index}: expected 0 to {MaxArgument}");
        }

        bool masked = condition.Op == "SCMP_CMP_MASKED_EQ";
        ulong value = masked ? condition.ValueTwo & condition.Value : condition.Value;
        uint high = (uint)(value >> 32);
        uint low = (uint)value;

        code.Add(BpfCode.Load(BpfCode.HighHalf(condition.Index)));
        if (masked)
        {
            code.Add(BpfCode.Mask((uint)(condition.Value >> 32)));
        }

        // "Over" is the distance from the test of the high half to the end of the comparison.
        switch (condition.Op)
        {
            case "SCMP_CMP_EQ":
                Equal(code, failures, high, 0, Fail);
                LoadLow(code, condition, masked);
                Equal(code, failures, low, 0, Fail);
                break;
            case "SCMP_CMP_MASKED_EQ":
                Equal(code, failures, high, 0, Fail);
                LoadLow(code, condition, masked);
                Equal(code, failures, low, 0, Fail);
                break;
            case "SCMP_CMP_NE":
                Equal(code, failures, high, 0, 2);
                LoadLow(code, condition, masked);
                Equal(code, failures, low, Fail, 0);
                break;
            case "SCMP_CMP_GT":
                Greater(code, failures, high, 3, 0);
                Equal(code, failures, high, 0, Fail);
                LoadLow(code, condition, masked);
                Greater(code, failures, low, 0, Fail);
                break;
            case "SCMP_CMP_GE":
                Greater(code, failures, high, 3, 0);
                Equal(code, failures, high, 0, Fail);
                LoadLow(code, condition, masked);
                GreaterOrEqual(code, failures, low, 0, Fail);
                break;
            case "SCMP_CMP_LT":
                Greater(code, failures, high, Fail, 0);
                Equal(code, failures, high, 0, 2);
                LoadLow(code, condition, masked);
                GreaterOrEqual(code, failures, low, Fail, 0);
                break;
            case "SCMP_CMP_LE":
                Greater(code, failures, high, Fail, 0);
                Equal(code, failures, high, 0, 2);
                LoadLow(code, condition, masked);
                Greater(code, failures, low, Fail, 0);
                break;
            default:
                throw new KeelsonException(ErrorKind.InvalidArgument, $"seccomp operator '{condition.Op}': unknown");
        }
    }

    private static void LoadLow(List<Uapi.sock_filter> code, SyscallArgSpec condition, bool masked)
    {
        code.Add(BpfCode.Load(BpfCode.LowHalf(condition.Index)));
        if (masked)
        {
            code.Add(BpfCode.Mask((uint)condition.Value));
        }
    }

    private static void Equal(List<Uapi.sock_filter> code, List<(int, bool)> failures, uint value, int yes, int no) =>
        Test(code, failures, BpfCode.IfEqual(value, Math.Max(yes, 0), Math.Max(no, 0)), yes, no);

    private static void Greater(List<Uapi.sock_filter> code, List<(int, bool)> failures, uint value, int yes, int no) =>
        Test(code, failures, BpfCode.IfGreater(value, Math.Max(yes, 0), Math.Max(no, 0)), yes, no);

    private static void GreaterOrEqual(List<Uapi.sock_filter> code, List<(int, bool)> failures, uint value, int yes, int no) =>
        Test(code, failures, BpfCode.IfGreaterOrEqual(value, Math.Max(yes, 0), Math.Max(no, 0)), yes, no);

    private static void Test(List<Uapi.sock_filter> code, List<(int Index, bool Yes)> failures, Uapi.sock_filter test, int yes, int no)
    {
        if (yes == Fail)
        {
            failures.Add((code.Count, true));
        }

        if (no == Fail)
        {
            failures.Add((code.Count, false));
        }

        code.Add(test);
    }
}
