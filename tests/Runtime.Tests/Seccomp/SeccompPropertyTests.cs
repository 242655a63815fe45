using System.Collections.Immutable;
using Keelson.Oci.Seccomp;
using Keelson.Oci.Spec;
using Keelson.Oci.Syscalls;

namespace Keelson.Runtime.Tests.Seccomp;

/// <summary>Random filters, compiled and run, against the rules read one by one.</summary>
public class SeccompPropertyTests
{
    private const int Filters = 60;
    private const int CallsPerFilter = 400;

    private static readonly string[] Names = [.. SyscallTable.Names.Where(name => SyscallTable.TryGet(SyscallMachine.X64, name, out _)).Order(StringComparer.Ordinal)];

    private static readonly string[] Operators = ["SCMP_CMP_EQ", "SCMP_CMP_NE", "SCMP_CMP_LT", "SCMP_CMP_LE", "SCMP_CMP_GT", "SCMP_CMP_GE", "SCMP_CMP_MASKED_EQ"];

    private static readonly ulong[] Interesting = [0, 1, 2, 0x7fffffff, 0xffffffff, 0x100000000, 0x100000001, 0x1ffffffff, ulong.MaxValue - 1, ulong.MaxValue];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_compiled_filter_answers_as_its_rules_do(int seed)
    {
        Random random = new(seed);
        for (int i = 0; i < Filters; i++)
        {
            SeccompSpec spec = Filter(random);
            SeccompProgram program = SeccompCompiler.Compile(spec, SyscallMachine.X64);
            for (int call = 0; call < CallsPerFilter; call++)
            {
                string name = Names[random.Next(Names.Length)];
                ulong[] args = [.. Enumerable.Range(0, 6).Select(_ => Interesting[random.Next(Interesting.Length)])];
                SyscallTable.TryGet(SyscallMachine.X64, name, out int number);
                uint? expected = Expected(spec, name, args);
                if (expected is uint answer)
                {
                    Assert.True(answer == BpfMachine.Run(program, BpfMachine.X64, (uint)number, args), $"seed {seed}, filter {i}, {name}({string.Join(", ", args)})");
                }
            }
        }
    }

    [Fact]
    public void A_filter_whose_every_call_answers_differently_needs_long_jumps_and_still_holds()
    {
        SeccompSpec spec = new()
        {
            DefaultAction = "SCMP_ACT_ALLOW",
            Syscalls = [.. Names.Select((name, index) => new SyscallSpec { Names = [name], Action = "SCMP_ACT_ERRNO", ErrnoRet = (uint)(index + 1) })],
        };
        SeccompProgram program = SeccompCompiler.Compile(spec, SyscallMachine.X64);
        Assert.True(program.Instructions.Length > 700);
        for (int i = 0; i < Names.Length; i++)
        {
            SyscallTable.TryGet(SyscallMachine.X64, Names[i], out int number);
            Assert.Equal(0x00050000u | (uint)(i + 1), BpfMachine.Run(program, BpfMachine.X64, (uint)number));
        }
    }

    private static SeccompSpec Filter(Random random) => new()
    {
        DefaultAction = random.Next(2) == 0 ? "SCMP_ACT_ALLOW" : "SCMP_ACT_TRAP",
        Syscalls =
        [
            .. Enumerable.Range(0, random.Next(1, 30)).Select(_ => new SyscallSpec
            {
                Names = [.. Enumerable.Range(0, random.Next(1, 20)).Select(_ => Names[random.Next(Names.Length)])],
                Action = "SCMP_ACT_ERRNO",
                ErrnoRet = (uint)random.Next(1, 4),
                Args = random.Next(3) == 0 ? Conditions(random) : [],
            }),
        ],
    };

    private static ImmutableArray<SyscallArgSpec> Conditions(Random random) =>
    [
        .. Enumerable.Range(0, random.Next(1, 4)).Select(_ => new SyscallArgSpec(
            (uint)random.Next(6), Interesting[random.Next(Interesting.Length)], Interesting[random.Next(Interesting.Length)], Operators[random.Next(Operators.Length)])),
    ];

    /// <summary>The first conditional rule that holds, else the first unconditional one, else the default.</summary>
    private static uint? Expected(SeccompSpec spec, string name, ulong[] args)
    {
        SyscallSpec[] rules = [.. spec.Syscalls.Where(rule => rule.Names.Contains(name))];
        SyscallSpec? rule = rules.FirstOrDefault(rule => !rule.Args.IsEmpty && rule.Args.All(condition => Holds(condition, args)))
            ?? rules.FirstOrDefault(rule => rule.Args.IsEmpty);
        return rule is not null ? 0x00050000u | rule.ErrnoRet!.Value : spec.DefaultAction == "SCMP_ACT_ALLOW" ? 0x7fff0000u : 0x00030000u;
    }

    private static bool Holds(SyscallArgSpec condition, ulong[] args)
    {
        ulong value = args[condition.Index];
        return condition.Op switch
        {
            "SCMP_CMP_EQ" => value == condition.Value,
            "SCMP_CMP_NE" => value != condition.Value,
            "SCMP_CMP_LT" => value < condition.Value,
            "SCMP_CMP_LE" => value <= condition.Value,
            "SCMP_CMP_GT" => value > condition.Value,
            "SCMP_CMP_GE" => value >= condition.Value,
            _ => (value & condition.Value) == (condition.ValueTwo & condition.Value),
        };
    }
}
