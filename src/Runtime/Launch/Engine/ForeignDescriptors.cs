namespace Keelson.Oci.Launch.Engine;

/// <summary>What lies between the descriptors that a child is to have: everything of the process that is not its launch's.</summary>
internal static unsafe class ForeignDescriptors
{
    // Below it are the three that the plan replaces.
    private const uint Lowest = 3;

    /// <summary>Ranges that <paramref name="kept"/> descriptors leave, with the one that ends the list.</summary>
    internal static int MaxRanges(int kept) => kept + 2;

    /// <summary>Writes the ranges around <paramref name="kept"/>, which is put in order; those below 3 count for nothing.</summary>
    /// <param name="ranges">Room for <see cref="MaxRanges"/>.</param>
    /// <param name="kept">Numbers, in any order, some perhaps twice.</param>
    internal static void Write(FdRange* ranges, Span<int> kept)
    {
        for (int i = 1; i < kept.Length; i++)
        {
            for (int j = i; j > 0 && kept[j] < kept[j - 1]; j--)
            {
                (kept[j], kept[j - 1]) = (kept[j - 1], kept[j]);
            }
        }

        uint next = Lowest;
        foreach (int fd in kept)
        {
            if (fd > (int)next)
            {
                *ranges++ = new FdRange { First = next, Last = (uint)fd - 1 };
            }

            next = fd >= (int)next ? (uint)fd + 1 : next;
        }

        *ranges++ = new FdRange { First = next, Last = uint.MaxValue };
        *ranges = default;
    }
}
