using System.Text.Json.Serialization;

namespace Keelson.Images.Registry.Model;

/// <summary>Serialization of what registries send. Property names are matched exactly, as the specifications write them.</summary>
[JsonSourceGenerationOptions(MaxDepth = 32)]
[JsonSerializable(typeof(TokenAnswer))]
[JsonSerializable(typeof(Manifest))]
[JsonSerializable(typeof(ImageConfigFile))]
internal sealed partial class RegistryJson : JsonSerializerContext;
