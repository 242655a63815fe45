namespace Keelson.TestRunner;

/// <summary>Which tests to run: those with any of the parts in their full name, and with none that a minus stands before.</summary>
internal sealed class TestSelection(IReadOnlyCollection<string> parts)
{
    private readonly string[] _wanted = [.. parts.Where(part => part[0] != '-')];
    private readonly string[] _unwanted = [.. parts.Where(part => part[0] == '-').Select(part => part[1..])];

    internal bool Includes(string name) =>
        (_wanted.Length == 0 || Array.Exists(_wanted, part => name.Contains(part, StringComparison.Ordinal)))
        && !Array.Exists(_unwanted, part => name.Contains(part, StringComparison.Ordinal));
}
