using System.Diagnostics;
using System.Globalization;

namespace Keelson.TestRunner;

/// <summary>What has come of the tests so far; says it line by line, for whoever watches a console.</summary>
internal sealed class Report(TextWriter output) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<TestResult> _results = [];
    private string? _running;
    private long _since;

    internal IReadOnlyList<TestResult> Results
    {
        get
        {
            lock (_gate)
            {
                return [.. _results];
            }
        }
    }

    internal int Passed => Results.Count(result => result.Outcome == TestOutcome.Passed);

    internal int Failed => Results.Count(result => result.Outcome == TestOutcome.Failed);

    internal string Summary => string.Create(CultureInfo.InvariantCulture, $"{Passed} passed, {Failed} failed, {Results.Count - Passed - Failed} skipped");

    /// <summary>How long the running test has taken; zero between tests.</summary>
    internal TimeSpan RunningFor
    {
        get
        {
            lock (_gate)
            {
                return _running is null ? TimeSpan.Zero : Stopwatch.GetElapsedTime(_since);
            }
        }
    }

    internal void Begin(string name)
    {
        lock (_gate)
        {
            _running = name;
            _since = Stopwatch.GetTimestamp();
        }
    }

    internal void End(TestResult result)
    {
        lock (_gate)
        {
            _running = null;
            _results.Add(result);
            string word = result.Outcome switch { TestOutcome.Passed => "passed", TestOutcome.Failed => "FAILED", _ => "skipped" };
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {word} {result.Seconds,6:0.0} s  {result.Name}"));
            foreach (string line in $"{result.Message}\n{result.StackTrace}".Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                output.WriteLine($"      {line.TrimEnd()}");
            }

            output.Flush();
        }
    }

    /// <summary>The running test will not end.</summary>
    internal void Hang()
    {
        if (_running is string name)
        {
            End(new TestResult(name, TestOutcome.Failed, (decimal)RunningFor.TotalSeconds, "it hangs"));
        }
    }

    public void Dispose() => output.Flush();
}
