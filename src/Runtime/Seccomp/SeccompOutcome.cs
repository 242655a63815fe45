using System.Collections.Immutable;
using Keelson.Linux.Native;
using Keelson.Oci.Spec;

namespace Keelson.Oci.Seccomp;

/// <summary>What happens at one number: conditional rules in their order, then the answer for the rest.</summary>
internal sealed class SeccompOutcome(uint other)
{
    private readonly List<(ImmutableArray<SyscallArgSpec> Conditions, uint Action)> _rules = [];
    private uint _otherwise = other;
    private bool _decided;

    /// <summary>Adds a rule; one without conditions decides what no condition does, the first of them wins.</summary>
    internal void Add(ImmutableArray<SyscallArgSpec> conditions, uint action)
    {
        if (!conditions.IsEmpty)
        {
            _rules.Add((conditions, action));
        }
        else if (!_decided)
        {
            _otherwise = action;
            _decided = true;
        }
    }

    /// <summary>Whether both always give the same answer; conditional ones are never merged.</summary>
    internal bool SameAs(SeccompOutcome other) => Relevant().Count == 0 && other.Relevant().Count == 0 && _otherwise == other._otherwise;

    /// <summary>The instructions; the accumulator is free, every path ends in an answer.</summary>
    internal List<Uapi.sock_filter> Compile()
    {
        List<Uapi.sock_filter> code = [];
        foreach ((ImmutableArray<SyscallArgSpec> conditions, uint action) in Relevant())
        {
            List<(int Index, bool Yes)> failures = [];
            foreach (SyscallArgSpec condition in conditions)
            {
                SeccompCondition.Add(code, condition, failures);
            }

            code.Add(BpfCode.Answer(action));
            foreach ((int index, bool yes) in failures)
            {
                Uapi.sock_filter test = code[index];
                byte over = checked((byte)(code.Count - index - 1));
                test.jt = yes ? over : test.jt;
                test.jf = yes ? test.jf : over;
                code[index] = test;
            }
        }

        code.Add(BpfCode.Answer(_otherwise));
        return code;
    }

    /// <summary>Rules that can change the answer: up to the last whose action is not that of the rest anyway.</summary>
    private List<(ImmutableArray<SyscallArgSpec> Conditions, uint Action)> Relevant() =>
        _rules.GetRange(0, _rules.FindLastIndex(rule => rule.Action != _otherwise) + 1);
}
