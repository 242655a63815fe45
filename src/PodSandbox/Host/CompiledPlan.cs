namespace Keelson.Sandboxes.Host;

/// <summary>A plan for the shim, and the words for its failures.</summary>
/// <param name="Image">What the shim runs.</param>
/// <param name="Describe">Failed step and errno to a message.</param>
/// <param name="Explain">The plan as text, for people.</param>
internal sealed record CompiledPlan(ReadOnlyMemory<byte> Image, Func<int, int, string> Describe, Func<string> Explain)
{
    /// <summary>Whether it takes the mount of the terminal's devpts.</summary>
    internal bool TakesTerminalMount { get; init; }

    /// <summary>Where a program that makes the process writes its number; null where the plan becomes the process.</summary>
    internal string? PidFile { get; init; }

    /// <summary>With it, the plan of the program that starts the process.</summary>
    internal ReadOnlyMemory<byte> StartImage { get; init; }

    /// <summary>What that program itself says of its failure, if anything.</summary>
    internal Func<string?> Reason { get; init; } = static () => null;

    /// <summary>To be called when the process has ended: removes what only it needed.</summary>
    internal Action Done { get; init; } = static () => { };
}
