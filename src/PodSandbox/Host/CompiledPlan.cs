namespace Keelson.Sandboxes.Host;

/// <summary>A plan for the shim, and the words for its failures.</summary>
/// <param name="Image">What the shim runs.</param>
/// <param name="Describe">Failed step and errno to a message.</param>
/// <param name="Explain">The plan as text, for people.</param>
internal sealed record CompiledPlan(ReadOnlyMemory<byte> Image, Func<int, int, string> Describe, Func<string> Explain)
{
    /// <summary>Whether it takes the mount of the terminal's devpts.</summary>
    internal bool TakesTerminalMount { get; init; }
}
