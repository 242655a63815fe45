namespace Keelson.Linux;

/// <summary>A program to run with <see cref="CommandRunner"/>.</summary>
public sealed record Command
{
    /// <summary>Absolute path of the program.</summary>
    public required string Path { get; init; }

    /// <summary>Arguments after the program's name.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The whole environment: <c>NAME=value</c> each.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>Standard input.</summary>
    public ReadOnlyMemory<byte> Input { get; init; }

    /// <summary>Time until it is killed with its process group.</summary>
    public required TimeSpan Deadline { get; init; }

    /// <summary>Bytes kept of stdout and of stderr, each.</summary>
    public int OutputLimit { get; init; } = 1024 * 1024;
}
