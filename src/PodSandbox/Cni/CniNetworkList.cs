using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Keelson.Core;

namespace Keelson.Sandboxes.Cni;

/// <summary>A network configuration list: the plugins that are run one after the other for every pod.</summary>
internal sealed record CniNetworkList
{
    internal required string Name { get; init; }

    internal required string Version { get; init; }

    internal required ImmutableArray<CniPlugin> Plugins { get; init; }

    /// <summary>The file it came from, for messages.</summary>
    internal required string Source { get; init; }

    /// <summary>The file's text, kept for the DEL of pods that were attached with it.</summary>
    internal required string Text { get; init; }

    /// <summary>Reads a <c>.conflist</c>, or a <c>.conf</c>, which is a list of one plugin.</summary>
    /// <exception cref="KeelsonException">InvalidArgument, with what is wrong and in which file.</exception>
    internal static CniNetworkList Parse(string text, string source)
    {
        try
        {
            JsonObject root = JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { MaxDepth = 32 }) as JsonObject
                ?? throw Invalid(source, "expected a JSON object");
            string name = TextOf(root, "name") ?? throw Invalid(source, "no name");
            if (!IsName(name))
            {
                throw Invalid(source, $"name '{name}': letters, digits, '_', '.' and '-' only, the first a letter or digit");
            }

            JsonArray? list = root["plugins"] as JsonArray;
            IEnumerable<JsonObject> plugins = list is not null
                ? list.Select(item => item as JsonObject ?? throw Invalid(source, "a plugin is not a JSON object"))
                : root["type"] is not null ? [root] : throw Invalid(source, "neither plugins nor type");
            var parsed = plugins.Select(plugin => ParsePlugin(plugin, source)).ToImmutableArray();
            return parsed.IsEmpty
                ? throw Invalid(source, "the list of plugins is empty")
                : new CniNetworkList { Name = name, Version = VersionOf(root, source), Plugins = parsed, Source = source, Text = text };
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            throw Invalid(source, failure.Message);
        }
    }

    private static CniPlugin ParsePlugin(JsonObject plugin, string source)
    {
        string type = TextOf(plugin, "type") ?? throw Invalid(source, "a plugin has no type");

        // The type is a file name that is looked up in the plugin directories, never a path.
        if (type is "." or ".." || type.AsSpan().ContainsAny('/', '\0') || type.Length == 0)
        {
            throw Invalid(source, $"plugin type '{type}' is not a file name");
        }

        ImmutableHashSet<string> capabilities = plugin["capabilities"] is JsonObject declared
            ? [.. declared.Where(entry => entry.Value?.GetValueKind() == JsonValueKind.True).Select(entry => entry.Key)]
            : [];
        return new CniPlugin(type, capabilities, plugin.ToJsonString());
    }

    private static string VersionOf(JsonObject root, string source)
    {
        // cniVersions (CNI 1.1) lists what the configuration is written for; without it cniVersion is the only choice.
        IEnumerable<string> offered = root["cniVersions"] is JsonArray versions
            ? versions.Select(version => version?.GetValue<string>() ?? string.Empty)
            : [TextOf(root, "cniVersion") ?? CniVersions.Oldest];
        return CniVersions.Highest(offered)
            ?? throw Invalid(source, $"cniVersion {string.Join(", ", offered)}: known here are {CniVersions.Oldest} to {CniVersions.Supported[^1]}");
    }

    private static string? TextOf(JsonObject node, string key) => node[key]?.GetValue<string>();

    private static bool IsName(string name) =>
        name.Length > 0 && char.IsAsciiLetterOrDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-');

    private static KeelsonException Invalid(string source, string reason) =>
        new(ErrorKind.InvalidArgument, $"CNI configuration '{source}': {reason}");
}
