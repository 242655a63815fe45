using System.Collections.Immutable;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Keelson.CriServer.Configuration;

/// <summary>
/// Reads one file into values of the schema. Goes over YAML's node tree and binds nothing by reflection; collects all
/// mistakes of a file, so that one look mends them.
/// </summary>
internal sealed class YamlReader
{
    private readonly string _file;
    private readonly List<string> _mistakes = [];
    private readonly List<SettingValue> _values = [];

    private YamlReader(string file) => _file = file;

    /// <exception cref="ConfigurationException">The file is not YAML, or has keys or values that the schema lacks.</exception>
    internal static ImmutableArray<SettingValue> Read(string file, TextReader text)
    {
        var reader = new YamlReader(file);
        reader.Load(text);
        return reader._mistakes.Count > 0 ? throw new ConfigurationException(reader._mistakes) : [.. reader._values];
    }

    private void Load(TextReader text)
    {
        var yaml = new YamlStream();
        try
        {
            yaml.Load(text);
        }
        catch (YamlException e)
        {
            _mistakes.Add($"{_file}:{e.Start.Line}: {e.Message}");
            return;
        }

        if (yaml.Documents.Count > 1)
        {
            _mistakes.Add($"{_file}:{yaml.Documents[1].RootNode.Start.Line}: expected one document");
        }
        else if (yaml.Documents is [{ RootNode: YamlMappingNode root }])
        {
            ReadMapping(root, []);
        }
        else if (yaml.Documents.Count == 1 && !IsNull(yaml.Documents[0].RootNode))
        {
            Mistake(yaml.Documents[0].RootNode, "expected keys and values");
        }
    }

    private void ReadMapping(YamlMappingNode mapping, ImmutableArray<string> path)
    {
        foreach ((YamlNode key, YamlNode value) in mapping.Children)
        {
            if (key is not YamlScalarNode { Value: { Length: > 0 } name })
            {
                Mistake(key, "expected a name");
                continue;
            }

            ImmutableArray<string> child = path.Add(name);
            ImmutableArray<Setting> below = [.. Schema.Settings.Where(s => StartsWith(s, child))];
            if (below.IsEmpty)
            {
                Mistake(key, $"unknown key '{string.Join('.', child)}'{Hint(path, name)}");
            }
            else if (below is [{ } setting] && setting.Parts.Length == child.Length)
            {
                ReadValue(setting, child, value);
            }
            else if (value is YamlMappingNode section)
            {
                ReadMapping(section, child);
            }
            else if (!IsNull(value))
            {
                Mistake(value, $"'{string.Join('.', child)}' is a section: expected keys below it");
            }
        }
    }

    private void ReadValue(Setting setting, ImmutableArray<string> path, YamlNode node)
    {
        if (IsNull(node))
        {
            // A key without a value, as in the printed default file: nothing said.
            return;
        }

        ImmutableArray<YamlNode> items = node switch
        {
            YamlSequenceNode sequence when setting.IsList => [.. sequence.Children],
            YamlScalarNode when !setting.IsList => [node],
            _ => [],
        };
        if (items.IsEmpty && node is not YamlSequenceNode)
        {
            Mistake(node, $"'{string.Join('.', path)}': expected {(setting.IsList ? "a list" : "one value")}");
            return;
        }

        if (!setting.IsList && node is YamlSequenceNode)
        {
            Mistake(node, $"'{string.Join('.', path)}': expected one value, not a list");
            return;
        }

        var texts = ImmutableArray.CreateBuilder<string>(items.Length);
        foreach (YamlNode item in items)
        {
            string? text = (item as YamlScalarNode)?.Value;
            string? expected = text is null ? "expected a value" : ValueSyntax.Check(setting, text);
            if (expected is not null)
            {
                Mistake(item, $"'{string.Join('.', path)}': {expected}{(text is null ? "" : $", not '{text}'")}");
                return;
            }

            texts.Add(text!);
        }

        _values.Add(new SettingValue(setting, path, texts.ToImmutable(), new Origin(_file, (int)node.Start.Line)));
    }

    private static bool StartsWith(Setting setting, ImmutableArray<string> path)
    {
        if (setting.Parts.Length < path.Length)
        {
            return false;
        }

        for (int i = 0; i < path.Length; i++)
        {
            if (setting.Parts[i] != Setting.AnyName && setting.Parts[i] != path[i])
            {
                return false;
            }
        }

        return true;
    }

    private static string Hint(ImmutableArray<string> path, string name)
    {
        string[] known = [.. Schema.Settings
            .Where(s => StartsWith(s, path) && s.Parts.Length > path.Length)
            .Select(s => s.Parts[path.Length])
            .Where(part => part != Setting.AnyName)
            .Distinct()];
        string? near = known.Where(k => Spelling.Distance(k, name) <= 2).MinBy(k => Spelling.Distance(k, name));
        return near is not null ? $"; did you mean '{near}'?" : $"; known here: {string.Join(", ", known)}";
    }

    private static bool IsNull(YamlNode node) => node is YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "~" or "null" };

    private void Mistake(YamlNode node, string text) => _mistakes.Add($"{_file}:{node.Start.Line}: {text}");
}
