using System.Collections.Immutable;
using System.Text;

namespace Keelson.CriServer.Configuration;

/// <summary>Writes configuration as YAML that the reader takes back.</summary>
internal static class ConfigurationPrinter
{
    /// <summary>The whole schema with defaults and explanations; what names of the user's choice precede is a comment.</summary>
    internal static string Default()
    {
        var text = new StringBuilder();
        text.Append("# Keelson's configuration. Every key may be left out; these are the defaults.\n");
        text.Append("# Files in config.d beside this one are read after it, in order of name, and win.\n");
        ImmutableArray<string> section = [];
        foreach (Setting setting in Schema.Settings)
        {
            bool example = setting.Parts.Contains(Setting.AnyName);
            ImmutableArray<string> path = [.. setting.Parts.Select(p => p == Setting.AnyName ? setting.Example : p)];
            SettingValue? value = Settings.DefaultOf(setting, path);
            Open(text, ref section, path, example);
            Line(text, example, path.Length - 1, $"# {setting.Summary}");
            Line(text, example, path.Length - 1, $"{Scalar(path[^1])}:{(value is null ? "" : " " + Render(value))}");
        }

        return text.ToString();
    }

    /// <summary>The values in force, each with where it comes from.</summary>
    internal static string Effective(Settings settings)
    {
        var text = new StringBuilder();
        ImmutableArray<string> section = [];
        foreach (SettingValue value in settings.All())
        {
            Open(text, ref section, value.Path, comment: false);
            Line(text, comment: false, value.Path.Length - 1, $"{Scalar(value.Path[^1])}: {Render(value)}  # {value.Origin}");
        }

        return text.ToString();
    }

    private static void Open(StringBuilder text, ref ImmutableArray<string> section, ImmutableArray<string> path, bool comment)
    {
        ImmutableArray<string> wanted = path[..^1];
        int common = section.Zip(wanted).TakeWhile(p => p.First == p.Second).Count();
        for (int depth = common; depth < wanted.Length; depth++)
        {
            if (depth == 0)
            {
                text.Append('\n');
            }

            Line(text, comment, depth, $"{Scalar(wanted[depth])}:");
        }

        section = wanted;
    }

    private static void Line(StringBuilder text, bool comment, int depth, string content) =>
        text.Append(comment ? "# " : "").Append(' ', depth * 2).Append(content).Append('\n');

    private static string Render(SettingValue value) =>
        value.Setting.IsList ? $"[{string.Join(", ", value.Texts.Select(Scalar))}]" : Scalar(value.Text);

    /// <summary>Plain where YAML would read the same text back, else double-quoted.</summary>
    private static string Scalar(string text)
    {
        bool plain = text.Length > 0
            && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '_' or '-' or ':')
            && char.IsAsciiLetterOrDigit(text[0]) | text[0] == '/'
            && !text.EndsWith(':')
            && text is not ("null" or "~");
        return plain ? text : $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
    }
}
