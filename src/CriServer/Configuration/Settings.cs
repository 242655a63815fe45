using System.Collections.Immutable;

namespace Keelson.CriServer.Configuration;

/// <summary>The effective values: the last one given for each key, else the schema's default.</summary>
internal sealed class Settings
{
    private readonly Dictionary<string, SettingValue> _given = new(StringComparer.Ordinal);

    internal Settings(IEnumerable<SettingValue> values)
    {
        foreach (SettingValue value in values)
        {
            _given[Key(value.Path)] = value;
        }
    }

    /// <summary>The value at a path, or null where neither the files nor the schema has one.</summary>
    internal SettingValue? Find(params ReadOnlySpan<string> path)
    {
        ImmutableArray<string> whole = [.. path];
        return _given.GetValueOrDefault(Key(whole)) ?? DefaultOf(SettingAt(whole), whole);
    }

    /// <summary>Names the user has chosen below a section, such as the hosts below <c>registries</c>.</summary>
    internal IEnumerable<string> NamesBelow(string section) =>
        _given.Values.Where(v => v.Path.Length > 2 && v.Path[0] == section).Select(v => v.Path[1]).Distinct().Order(StringComparer.Ordinal);

    /// <summary>Every effective value, in the schema's order.</summary>
    internal IEnumerable<SettingValue> All()
    {
        foreach (Setting setting in Schema.Settings.Where(s => !s.Parts.Contains(Setting.AnyName)))
        {
            if (Find([.. setting.Parts]) is { } value)
            {
                yield return value;
            }
        }

        IEnumerable<SettingValue> named = _given.Values
            .Where(v => v.Setting.Parts.Contains(Setting.AnyName))
            .OrderBy(v => string.Join('/', v.Path[..^1]), StringComparer.Ordinal)
            .ThenBy(v => Schema.Settings.IndexOf(v.Setting));
        foreach (SettingValue value in named)
        {
            yield return value;
        }
    }

    internal static SettingValue? DefaultOf(Setting setting, ImmutableArray<string> path) => setting switch
    {
        { Default: null } => null,
        { IsList: true } => new(setting, path, [.. setting.Default.Split(", ", StringSplitOptions.RemoveEmptyEntries)], Origin.Default),
        _ => new(setting, path, [setting.Default], Origin.Default),
    };

    private static Setting SettingAt(ImmutableArray<string> path) =>
        Schema.Settings.Single(s => s.Parts.Length == path.Length && s.Parts.Zip(path).All(p => p.First == Setting.AnyName || p.First == p.Second));

    // NUL can't stand in a name that came from YAML text.
    private static string Key(ImmutableArray<string> path) => string.Join('\0', path);
}
