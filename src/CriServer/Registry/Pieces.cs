namespace Keelson.CriServer.Registry;

/// <summary>Cuts a list for the streaming calls.</summary>
internal static class Pieces
{
    /// <summary>
    /// Small enough that items with the largest labels and annotations the API server takes (256 KiB each) stay
    /// below 16 MiB.
    /// </summary>
    internal const int Length = 50;

    internal static IEnumerable<T[]> Of<T>(IEnumerable<T> items) => items.Chunk(Length);
}
