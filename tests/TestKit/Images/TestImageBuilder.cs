using System.Text;
using System.Text.Json.Nodes;
using Keelson.Core;

namespace Keelson.TestKit.Images;

/// <summary>Says what is in a <see cref="TestImage"/>. The same calls give the same bytes, so digests are stable.</summary>
public sealed class TestImageBuilder
{
    private readonly List<(byte[] Tar, LayerFormat? Format)> _layers = [];
    private readonly List<string> _environment = [];
    private readonly Dictionary<string, string> _labels = [];
    private readonly List<string> _volumes = [];
    private string[]? _entrypoint;
    private string[]? _command;
    private string? _user;
    private string? _workingDirectory;
    private string? _stopSignal;
    private LayerFormat _layerFormat = LayerFormat.Gzip;
    private ManifestFormat _manifestFormat = ManifestFormat.Oci;
    private string _os = "linux";
    private string _architecture = "amd64";

    /// <summary>Adds a layer on top.</summary>
    public TestImageBuilder Layer(Action<TarBuilder> fill, LayerFormat? format = null)
    {
        var tar = new TarBuilder();
        fill(tar);
        return Layer(tar.ToArray(), format);
    }

    /// <summary>Adds a layer on top from a finished tar.</summary>
    public TestImageBuilder Layer(byte[] tar, LayerFormat? format = null)
    {
        _layers.Add((tar, format));
        return this;
    }

    public TestImageBuilder Entrypoint(params string[] words) => Do(() => _entrypoint = words);

    public TestImageBuilder Command(params string[] words) => Do(() => _command = words);

    public TestImageBuilder Environment(string name, string value) => Do(() => _environment.Add($"{name}={value}"));

    public TestImageBuilder User(string user) => Do(() => _user = user);

    public TestImageBuilder WorkingDirectory(string path) => Do(() => _workingDirectory = path);

    public TestImageBuilder StopSignal(string signal) => Do(() => _stopSignal = signal);

    public TestImageBuilder Volume(string path) => Do(() => _volumes.Add(path));

    public TestImageBuilder Label(string name, string value) => Do(() => _labels[name] = value);

    public TestImageBuilder Layers(LayerFormat format) => Do(() => _layerFormat = format);

    public TestImageBuilder Manifest(ManifestFormat format) => Do(() => _manifestFormat = format);

    public TestImageBuilder Platform(string os, string architecture) => Do(() => (_os, _architecture) = (os, architecture));

    public TestImage Build()
    {
        List<TestLayer> layers = _layers.ConvertAll(layer => TestLayer.Of(layer.Tar, layer.Format ?? _layerFormat, _manifestFormat));
        byte[] config = Encoding.UTF8.GetBytes(ConfigJson(layers).ToJsonString());
        (string manifestType, string configType) = _manifestFormat == ManifestFormat.Docker
            ? ("application/vnd.docker.distribution.manifest.v2+json", "application/vnd.docker.container.image.v1+json")
            : ("application/vnd.oci.image.manifest.v1+json", "application/vnd.oci.image.config.v1+json");
        Digest configDigest = Digest.FromSha256(System.Security.Cryptography.SHA256.HashData(config));
        var manifest = new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = manifestType,
            ["config"] = Descriptor(configType, configDigest, config.Length),
            ["layers"] = new JsonArray([.. layers.Select(layer => Descriptor(layer.MediaType, layer.Digest, layer.Blob.Length))]),
        };
        var document = new TestManifest(manifestType, Encoding.UTF8.GetBytes(manifest.ToJsonString()));
        return new TestImage(document, config, layers, _os, _architecture);
    }

    private JsonObject ConfigJson(List<TestLayer> layers)
    {
        var run = new JsonObject();
        AddUnlessNull(run, "Entrypoint", Words(_entrypoint));
        AddUnlessNull(run, "Cmd", Words(_command));
        AddUnlessNull(run, "Env", _environment.Count == 0 ? null : Words(_environment));
        AddUnlessNull(run, "User", _user is null ? null : JsonValue.Create(_user));
        AddUnlessNull(run, "WorkingDir", _workingDirectory is null ? null : JsonValue.Create(_workingDirectory));
        AddUnlessNull(run, "StopSignal", _stopSignal is null ? null : JsonValue.Create(_stopSignal));
        AddUnlessNull(run, "Volumes", _volumes.Count == 0 ? null : Map(_volumes.Select(path => (path, (JsonNode)new JsonObject()))));
        AddUnlessNull(run, "Labels", _labels.Count == 0 ? null : Map(_labels.Select(label => (label.Key, (JsonNode)JsonValue.Create(label.Value)))));
        return new JsonObject
        {
            ["architecture"] = _architecture,
            ["os"] = _os,
            ["config"] = run,
            ["rootfs"] = new JsonObject { ["type"] = "layers", ["diff_ids"] = Words(layers.Select(layer => layer.DiffId.Value)) },
        };
    }

    private static JsonObject Descriptor(string mediaType, Digest digest, int size) =>
        new() { ["mediaType"] = mediaType, ["digest"] = digest.Value, ["size"] = size };

    private static JsonArray? Words(IEnumerable<string>? words) =>
        words is null ? null : new JsonArray([.. words.Select(word => (JsonNode)JsonValue.Create(word))]);

    private static JsonObject Map(IEnumerable<(string Key, JsonNode Value)> entries)
    {
        var map = new JsonObject();
        foreach ((string key, JsonNode value) in entries)
        {
            map[key] = value;
        }

        return map;
    }

    private static void AddUnlessNull(JsonObject target, string key, JsonNode? value)
    {
        if (value is not null)
        {
            target[key] = value;
        }
    }

    private TestImageBuilder Do(Action change)
    {
        change();
        return this;
    }
}
