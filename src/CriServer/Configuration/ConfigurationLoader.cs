using System.Collections.Immutable;

namespace Keelson.CriServer.Configuration;

/// <summary>
/// Reads <c>config.yaml</c> and then the files of <c>config.d</c> beside it in order of name; a later value replaces an
/// earlier one of the same key, lists whole.
/// </summary>
internal static class ConfigurationLoader
{
    internal const string DefaultPath = "/etc/keelson/config.yaml";

    private const string DropInDirectory = "config.d";

    /// <param name="path">The file; null for the default one, which may be missing.</param>
    /// <exception cref="ConfigurationException">A named file is missing, or some file has mistakes.</exception>
    internal static Settings Load(string? path)
    {
        // A person names the file from where they stand; the directory of drop-ins is beside it.
#pragma warning disable RS0030
        string file = System.IO.Path.GetFullPath(path ?? DefaultPath);
#pragma warning restore RS0030
        var values = ImmutableArray.CreateBuilder<SettingValue>();
        var mistakes = new List<string>();
        if (File.Exists(file))
        {
            Read(file, values, mistakes);
        }
        else if (path is not null)
        {
            mistakes.Add($"{file}: there is no such file");
        }

        foreach (string dropIn in DropIns(file))
        {
            Read(dropIn, values, mistakes);
        }

        return mistakes.Count > 0 ? throw new ConfigurationException(mistakes) : new Settings(values.ToImmutable());
    }

    private static IEnumerable<string> DropIns(string file)
    {
        string directory = $"{System.IO.Path.GetDirectoryName(file)}/{DropInDirectory}";
        return Directory.Exists(directory)
            ? Directory.EnumerateFiles(directory, "*.yaml").Order(StringComparer.Ordinal)
            : [];
    }

    private static void Read(string file, ImmutableArray<SettingValue>.Builder values, List<string> mistakes)
    {
        try
        {
            using StreamReader text = File.OpenText(file);
            values.AddRange(YamlReader.Read(file, text));
        }
        catch (ConfigurationException e)
        {
            mistakes.AddRange(e.Mistakes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            mistakes.Add($"{file}: {e.Message}");
        }
    }
}
