using System.Text.Json.Serialization;

namespace Keelson.Oci.Seccomp;

/// <summary>Source-generated JSON of profile files; what they say beside rules (comments) is passed over.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, AllowTrailingCommas = true)]
[JsonSerializable(typeof(SeccompProfileFile))]
internal sealed partial class SeccompProfileJson : JsonSerializerContext;
