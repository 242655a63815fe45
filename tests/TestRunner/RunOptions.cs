using Xunit.Abstractions;

namespace Keelson.TestRunner;

/// <summary>Options of xunit's framework; what is not set is at its default.</summary>
internal sealed class RunOptions : ITestFrameworkDiscoveryOptions, ITestFrameworkExecutionOptions
{
    private readonly Dictionary<string, object?> _values = new(StringComparer.Ordinal);

    /// <summary>One test at a time: an emulated processor has no room for two.</summary>
    internal static RunOptions OneByOne()
    {
        var options = new RunOptions();
        options.SetValue<bool?>("xunit.execution.DisableParallelization", true);
        return options;
    }

    public TValue GetValue<TValue>(string name) => _values.TryGetValue(name, out object? value) ? (TValue)value! : default!;

    public void SetValue<TValue>(string name, TValue value) => _values[name] = value;
}
