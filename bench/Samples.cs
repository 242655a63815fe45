namespace Keelson.Bench;

/// <summary>Measured values of one figure of one target.</summary>
internal sealed class Samples
{
    private readonly List<double> _values = [];

    public int Count => _values.Count;

    public void Add(double value) => _values.Add(value);

    public double Percentile(double percent)
    {
        double[] sorted = [.. _values.Order()];
        int rank = (int)Math.Ceiling(percent / 100 * sorted.Length) - 1;
        return sorted[Math.Clamp(rank, 0, sorted.Length - 1)];
    }
}
