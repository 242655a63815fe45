using System.Globalization;

namespace Keelson.Bench;

/// <summary>Collects figures and prints them as one table: per target p50 and p99, and the ratio to ours.</summary>
internal sealed class Report(IReadOnlyList<Target> targets)
{
    private readonly List<string> _figures = [];
    private readonly Dictionary<(string Figure, Target Target), Samples> _samples = [];

    public void Add(string figure, Target target, double value)
    {
        if (!_samples.TryGetValue((figure, target), out Samples? samples))
        {
            samples = new Samples();
            _samples.Add((figure, target), samples);
            if (!_figures.Contains(figure))
            {
                _figures.Add(figure);
            }
        }

        samples.Add(value);
    }

    public void Print(TextWriter output)
    {
        output.Write($"\n{"figure",-52}");
        foreach (Target target in targets)
        {
            output.Write($"{target.Name,24}{"",12}");
        }

        output.Write(targets.Count > 1 ? "   ratio\n" : "\n");
        output.Write($"{"",-52}");
        foreach (Target _ in targets)
        {
            output.Write($"{"n",6}{"p50",15}{"p99",15}");
        }

        output.WriteLine();
        foreach (string figure in _figures)
        {
            output.Write($"{figure,-52}");
            foreach (Target target in targets)
            {
                output.Write(_samples.TryGetValue((figure, target), out Samples? samples)
                    ? string.Create(CultureInfo.InvariantCulture, $"{samples.Count,6}{samples.Percentile(50),15:0.###}{samples.Percentile(99),15:0.###}")
                    : $"{"",6}{"-",15}{"-",15}");
            }

            output.WriteLine(Ratio(figure));
        }
    }

    private string Ratio(string figure) =>
        targets.Count == 2
        && _samples.TryGetValue((figure, targets[0]), out Samples? ours) && _samples.TryGetValue((figure, targets[1]), out Samples? theirs)
        && ours.Percentile(50) > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{Better(figure, ours.Percentile(50), theirs.Percentile(50)),8:0.0}x")
            : "";

    /// <summary>How many times better ours is: less time and memory, more throughput.</summary>
    private static double Better(string figure, double ours, double theirs) =>
        figure.Contains("/s]", StringComparison.Ordinal) ? ours / theirs : theirs / ours;
}
