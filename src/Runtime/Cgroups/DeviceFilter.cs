using Keelson.Core;
using Keelson.Linux;
using Keelson.Oci.Spec;

namespace Keelson.Oci.Cgroups;

/// <summary>
/// A device list as a BPF program. Rules are tried from the last to the first, so the later wins, as in version 1.
/// </summary>
internal static class DeviceFilter
{
    private const int Result = 0;
    private const int Context = 1;
    private const int Type = 2;
    private const int Access = 3;
    private const int Major = 4;
    private const int Minor = 5;

    private const int AccessMknod = 1;
    private const int AccessRead = 2;
    private const int AccessWrite = 4;
    private const int AccessAll = AccessMknod | AccessRead | AccessWrite;

    internal static void Attach(HostPath cgroup, IReadOnlyList<DeviceRuleSpec> rules) =>
        DeviceProgram.Attach(cgroup.Value, Compile(rules));

    /// <summary>The program's instructions: 1 allows, 0 denies.</summary>
    internal static ulong[] Compile(IReadOnlyList<DeviceRuleSpec> rules)
    {
        // struct bpf_cgroup_dev_ctx { u32 access << 16 | type; u32 major; u32 minor; }
        List<ulong> code =
        [
            LoadWord(Type, Context, 0), Instruction(0x54, Type, 0, 0, 0xffff),
            LoadWord(Access, Context, 0), Instruction(0x74, Access, 0, 0, 16),
            LoadWord(Major, Context, 4), LoadWord(Minor, Context, 8),
        ];
        foreach (DeviceRuleSpec rule in rules.Reverse())
        {
            if (Add(code, rule))
            {
                // It decides everything; the kernel refuses programs with instructions that cannot be reached.
                return [.. code];
            }
        }

        code.AddRange([Instruction(0xb7, Result, 0, 0, 0), Exit]);
        return [.. code];
    }

    private static ulong Exit => Instruction(0x95, 0, 0, 0, 0);

    /// <summary>Adds a rule; true when it has no condition.</summary>
    private static bool Add(List<ulong> code, DeviceRuleSpec rule)
    {
        // Each test jumps over the rest of the rule; the distances are known once the rule is written.
        List<Func<int, ulong>> tests = [];
        if (rule.Type is "b" or "c")
        {
            int wanted = rule.Type == "b" ? 1 : 2;
            tests.Add(over => Instruction(0x55, Type, 0, over, wanted));
        }

        int mask = Mask(rule.Access);
        if (mask != AccessAll)
        {
            tests.Add(_ => Instruction(0xbf, Context, Access, 0, 0));
            tests.Add(_ => Instruction(0x54, Context, 0, 0, mask));

            // To allow, every bit asked for must be in the rule; to deny, any.
            tests.Add(over => rule.Allow ? Instruction(0x5d, Context, Access, over, 0) : Instruction(0x15, Context, 0, over, 0));
        }

        if (rule.Major is long major and >= 0)
        {
            tests.Add(over => Instruction(0x55, Major, 0, over, (int)major));
        }

        if (rule.Minor is long minor and >= 0)
        {
            tests.Add(over => Instruction(0x55, Minor, 0, over, (int)minor));
        }

        for (int i = 0; i < tests.Count; i++)
        {
            // Two instructions follow the tests; a jump is counted from the next instruction.
            code.Add(tests[i](tests.Count - i - 1 + 2));
        }

        code.AddRange([Instruction(0xb7, Result, 0, 0, rule.Allow ? 1 : 0), Exit]);
        return tests.Count == 0;
    }

    private static int Mask(string? access) => access is null
        ? AccessAll
        : (access.Contains('r', StringComparison.Ordinal) ? AccessRead : 0)
            | (access.Contains('w', StringComparison.Ordinal) ? AccessWrite : 0)
            | (access.Contains('m', StringComparison.Ordinal) ? AccessMknod : 0);

    private static ulong LoadWord(int to, int from, int offset) => Instruction(0x61, to, from, offset, 0);

    /// <summary>struct bpf_insn, little-endian.</summary>
    private static ulong Instruction(byte code, int to, int from, int offset, int immediate) =>
        code | ((ulong)(uint)(to | (from << 4)) << 8) | ((ulong)(ushort)(short)offset << 16) | ((ulong)(uint)immediate << 32);
}
