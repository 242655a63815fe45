using System.Security.Cryptography;
using System.Text.Json;

namespace Keelson.Sandboxes;

/// <summary>Tells whether two requests ask for the same; kept in memory only.</summary>
internal static class Fingerprint
{
    internal static string Of(SandboxConfig config) => Hash(JsonSerializer.SerializeToUtf8Bytes(config, StateJson.Default.SandboxConfig));

    internal static string Of(ContainerConfig config) => Hash(JsonSerializer.SerializeToUtf8Bytes(config, StateJson.Default.ContainerConfig));

    private static string Hash(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
