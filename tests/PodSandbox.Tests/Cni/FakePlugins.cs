using System.Text.Json.Nodes;
using Keelson.Core;
using Keelson.Sandboxes.Cni;

namespace Keelson.PodSandbox.Tests.Cni;

/// <summary>
/// A directory of CNI plugins that are shell scripts: each appends what it was called with to a journal, and then does
/// what its body says.
/// </summary>
internal sealed class FakePlugins : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    internal FakePlugins()
    {
        Options = new CniOptions
        {
            ConfigDirectory = _directory.Path.Child("net.d"),
            PluginDirectories = [_directory.Path.Child("bin")],
            CacheDirectory = _directory.Path.Child("cache"),
            AddDeadline = TimeSpan.FromSeconds(20),
            DelDeadline = TimeSpan.FromSeconds(20),
        };
        foreach (HostPath path in (HostPath[])[Options.ConfigDirectory, Options.PluginDirectories[0], Options.CacheDirectory])
        {
            Directory.CreateDirectory(path.Value);
        }
    }

    internal CniOptions Options { get; }

    internal HostPath Root => _directory.Path;

    internal CniPodNetwork Network(TimeSpan? addDeadline = null) => new(Options with { AddDeadline = addDeadline ?? Options.AddDeadline });

    internal void Add(string type, string body)
    {
        string file = Options.PluginDirectories[0].Child(type).Value;
        string script = $"""
            #!/bin/sh
            input=$(cat)
            printf '%s %s %s %s %s\n%s\n' "{type}" "$CNI_COMMAND" "$CNI_IFNAME" "netns=$CNI_NETNS" "$CNI_ARGS" "$input" >> '{Journal}'
            {body}
            """;
        File.WriteAllText(file, script);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>A plugin that answers ADD with addresses and DEL with nothing.</summary>
    internal void AddGood(string type, params string[] addresses) => Add(type, $$"""
        if [ "$CNI_COMMAND" = ADD ]; then
          echo '{"cniVersion":"1.0.0","interfaces":[{"name":"eth0","sandbox":"x"}],"ips":[{{string.Join(',', addresses.Select(a => $$"""{"address":"{{a}}","interface":0}"""))}}]}'
        fi
        """);

    internal void Configure(string file, string content) => File.WriteAllText(Options.ConfigDirectory.Child(file).Value, content);

    internal void ConfigureList(string file = "10-net.conflist", string version = "1.0.0", string name = "net", params string[] plugins) =>
        Configure(file, $$"""{"cniVersion":"{{version}}","name":"{{name}}","plugins":[{{string.Join(',', plugins)}}]}""");

    /// <summary>The calls so far: the line of names and the configuration.</summary>
    internal IReadOnlyList<(string Call, JsonNode Config)> Calls()
    {
        string[] lines = File.Exists(Journal) ? File.ReadAllLines(Journal) : [];
        return [.. lines.Chunk(2).Select(pair => (pair[0], JsonNode.Parse(pair[1])!))];
    }

    public void Dispose() => _directory.Dispose();

    private string Journal => Root.Child("journal").Value;
}
