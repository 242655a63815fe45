using System.Collections.Immutable;

namespace Keelson.CriServer.Configuration;

/// <summary>One line of the schema.</summary>
/// <param name="Key">Parts joined by <c>/</c>; the part <c>*</c> stands for any name that the user chooses.</param>
/// <param name="Kind">What its text must look like.</param>
/// <param name="Default">As it would be written; null where leaving it out means something of its own.</param>
/// <param name="Summary">One sentence for the default file.</param>
internal sealed record Setting(string Key, SettingKind Kind, string? Default, string Summary)
{
    internal bool IsList { get; init; }

    internal ImmutableArray<string> Choices { get; init; } = [];

    internal long Minimum { get; init; }

    internal long Maximum { get; init; } = long.MaxValue;

    internal ImmutableArray<string> Parts { get; } = [.. Key.Split('/')];

    /// <summary>A name for the default file, where the user chooses one.</summary>
    internal string Example { get; init; } = "registry.example.com";

    internal const string AnyName = "*";
}
