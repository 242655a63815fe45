using System.Text.Json.Serialization;

namespace Keelson.Sandboxes.Cni;

/// <summary>The on-disk form of the cache.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(StateFile<CniCacheEntry>))]
internal sealed partial class CniJson : JsonSerializerContext;
