namespace Keelson.Oci.Cgroups;

/// <summary>cgroup v1's CPU shares as version 2's weight.</summary>
internal static class CpuWeight
{
    private const ulong MinShares = 2;
    private const ulong MaxShares = 262144;
    private const ulong MaxWeight = 10000;

    /// <summary>
    /// The curve through (2, 1), (1024, 100) and (262144, 10000), quadratic in the logarithms. The older linear formula
    /// gave 1024 shares, one CPU's request, a weight of 39 against the 100 of every other group on the node.
    /// </summary>
    internal static ulong FromShares(ulong shares)
    {
        if (shares <= MinShares)
        {
            return 1;
        }

        if (shares >= MaxShares)
        {
            return MaxWeight;
        }

        double log = Math.Log2(shares);
        return (ulong)Math.Ceiling(Math.Pow(10, (((log * log) + (125 * log)) / 612.0) - (7.0 / 34.0)));
    }
}
