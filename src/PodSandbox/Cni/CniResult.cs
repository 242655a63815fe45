using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Keelson.Core;

namespace Keelson.Sandboxes.Cni;

/// <summary>What a plugin printed after ADD.</summary>
/// <param name="Text">The JSON, as it was.</param>
/// <param name="Addresses">The addresses of the pod's interface without prefix length, in the plugin's order, each once.</param>
internal sealed record CniResult(string Text, ImmutableArray<string> Addresses)
{
    internal static CniResult Parse(string text, string plugin)
    {
        try
        {
            JsonObject root = JsonNode.Parse(text) as JsonObject ?? throw new JsonException("expected a JSON object");
            return new CniResult(text, AddressesOf(root));
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or FormatException)
        {
            throw new KeelsonException(ErrorKind.Internal, $"CNI plugin '{plugin}': its result cannot be read: {failure.Message}");
        }
    }

    private static ImmutableArray<string> AddressesOf(JsonObject root)
    {
        var found = ImmutableArray.CreateBuilder<string>();
        if (root["ips"] is JsonArray ips)
        {
            foreach (JsonNode? entry in ips)
            {
                if (entry?["address"]?.GetValue<string>() is { } address && BelongsToPod(root, entry))
                {
                    Add(found, address);
                }
            }
        }

        // 0.1.0 and 0.2.0 had one address per family.
        foreach (string family in (ReadOnlySpan<string>)["ip4", "ip6"])
        {
            if (root[family]?["ip"]?.GetValue<string>() is { } address)
            {
                Add(found, address);
            }
        }

        return found.ToImmutable();
    }

    // An address may be that of the host's end of the pair: interfaces with a sandbox are the pod's.
    private static bool BelongsToPod(JsonObject root, JsonNode entry)
    {
        if (entry["interface"]?.GetValue<int>() is not { } index || root["interfaces"] is not JsonArray interfaces
            || index < 0 || index >= interfaces.Count)
        {
            return true;
        }

        return !string.IsNullOrEmpty(interfaces[index]?["sandbox"]?.GetValue<string>());
    }

    private static void Add(ImmutableArray<string>.Builder found, string address)
    {
        string bare = address.Split('/')[0];
        if (!System.Net.IPAddress.TryParse(bare, out _))
        {
            throw new FormatException($"'{address}' is not an address");
        }

        if (!found.Contains(bare))
        {
            found.Add(bare);
        }
    }
}
