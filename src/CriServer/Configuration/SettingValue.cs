using System.Collections.Immutable;

namespace Keelson.CriServer.Configuration;

/// <summary>A setting as given: its texts, already checked, and where they stand.</summary>
/// <param name="Setting">Its line of the schema.</param>
/// <param name="Path">The key with the user's names in place of <c>*</c>.</param>
/// <param name="Texts">One text, or any number for a list.</param>
/// <param name="Origin">Where it was given.</param>
internal sealed record SettingValue(Setting Setting, ImmutableArray<string> Path, ImmutableArray<string> Texts, Origin Origin)
{
    internal string Text => Texts[0];
}
