using System.Text.Json.Serialization;

namespace Keelson.Images.Registry.Model;

/// <summary>Serialization of what registries send. Property names are matched exactly, as the specifications write them.</summary>
/// <remarks>
/// The models have setters, not init accessors: generated code assigns every init-only property, which would replace the
/// default of an absent one by null. A null where none may be is refused; that of an array's element is not seen here.
/// </remarks>
[JsonSourceGenerationOptions(MaxDepth = 32, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(TokenAnswer))]
[JsonSerializable(typeof(Manifest))]
[JsonSerializable(typeof(ImageConfigFile))]
internal sealed partial class RegistryJson : JsonSerializerContext;
