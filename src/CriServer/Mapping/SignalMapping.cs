using System.Collections.Frozen;
using Google.Protobuf.Reflection;

namespace Keelson.CriServer.Mapping;

/// <summary>
/// The interface's signals and the names of signal(7). The interface counts in an order of its own, so only names
/// can be compared: <c>SIGNAL_SIGRTMINPLUS1</c> is <c>SIGRTMIN+1</c>.
/// </summary>
internal static class SignalMapping
{
    private static readonly FrozenDictionary<Cri.Signal, string> Names = Values()
        .Where(v => v.Number != 0)
        .ToFrozenDictionary(v => (Cri.Signal)v.Number, v => Name(v.Name));

    // Some signals have two names with one number in the kernel; each is a name of its own here.
    private static readonly FrozenDictionary<string, Cri.Signal> Signals =
        Names.ToFrozenDictionary(p => p.Value, p => p.Key, StringComparer.Ordinal);

    /// <returns>The name; empty for SIGNAL_RUNTIME_DEFAULT.</returns>
    internal static string ToDomain(Cri.Signal signal) => signal == Cri.Signal.RuntimeDefault
        ? string.Empty
        : Names.GetValueOrDefault(signal) ?? throw Invalid.Request($"stop_signal has the unknown value {(int)signal}");

    /// <summary>A name that the interface has no word for is reported as the default.</summary>
    internal static Cri.Signal ToCri(string name) => Signals.GetValueOrDefault(name, Cri.Signal.RuntimeDefault);

    private static IEnumerable<EnumValueDescriptor> Values() =>
        Cri.ApiReflection.Descriptor.EnumTypes.Single(e => e.Name == "Signal").Values;

    private static string Name(string value) => value["SIGNAL_".Length..]
        .Replace("RTMINPLUS", "RTMIN+", StringComparison.Ordinal)
        .Replace("RTMAXMINUS", "RTMAX-", StringComparison.Ordinal);
}
