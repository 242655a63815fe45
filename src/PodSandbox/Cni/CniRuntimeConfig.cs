using System.Globalization;
using System.Text.Json.Nodes;

namespace Keelson.Sandboxes.Cni;

/// <summary>The runtime arguments (<c>runtimeConfig</c>) for the capabilities that a plugin declares.</summary>
internal static class CniRuntimeConfig
{
    internal static JsonObject For(CniPlugin plugin, CniAttachment attachment)
    {
        var config = new JsonObject();
        foreach (string capability in plugin.Capabilities)
        {
            JsonNode? value = capability switch
            {
                "portMappings" => PortMappings(attachment),
                "dns" => Dns(attachment),
                "bandwidth" => Bandwidth(attachment),
                "ipRanges" => IpRanges(attachment),
                "io.kubernetes.cri.pod-annotations" => Annotations(attachment),
                _ => null,
            };
            if (value is not null)
            {
                config[capability] = value;
            }
        }

        return config;
    }

    private static JsonArray? PortMappings(CniAttachment attachment)
    {
        var mappings = new JsonArray();
        foreach (PortMapping mapping in attachment.PortMappings.Where(mapping => mapping.HostPort > 0))
        {
            mappings.Add((JsonNode)new JsonObject
            {
                ["hostPort"] = mapping.HostPort,
                ["containerPort"] = mapping.ContainerPort,
                ["protocol"] = mapping.Protocol switch { PortProtocol.Udp => "udp", PortProtocol.Sctp => "sctp", _ => "tcp" },
                ["hostIP"] = mapping.HostIp,
            });
        }

        return mappings.Count == 0 ? null : mappings;
    }

    private static JsonObject? Dns(CniAttachment attachment) => attachment.Dns is not { } dns ? null : new JsonObject
    {
        ["servers"] = Strings(dns.Servers),
        ["searches"] = Strings(dns.Searches),
        ["options"] = Strings(dns.Options),
    };

    private static JsonObject? Bandwidth(CniAttachment attachment)
    {
        ulong? ingress = Rate(attachment, "kubernetes.io/ingress-bandwidth");
        ulong? egress = Rate(attachment, "kubernetes.io/egress-bandwidth");
        if (ingress is null && egress is null)
        {
            return null;
        }

        // The plugin wants a burst with every rate; as large as it takes means that only the rate limits.
        const uint Burst = int.MaxValue;
        return new JsonObject
        {
            ["ingressRate"] = ingress ?? 0,
            ["ingressBurst"] = ingress is null ? 0 : Burst,
            ["egressRate"] = egress ?? 0,
            ["egressBurst"] = egress is null ? 0 : Burst,
        };
    }

    private static ulong? Rate(CniAttachment attachment, string annotation) =>
        attachment.Annotations.TryGetValue(annotation, out string? text) ? Quantity(text) : null;

    /// <summary>A Kubernetes quantity such as <c>10M</c> or <c>1.5Gi</c>; null for anything else.</summary>
    internal static ulong? Quantity(string text)
    {
        int digits = text.AsSpan().IndexOfAnyExcept("0123456789.");
        string suffix = digits < 0 ? string.Empty : text[digits..];
        decimal? factor = suffix switch
        {
            "" => 1m,
            "k" => 1e3m,
            "M" => 1e6m,
            "G" => 1e9m,
            "T" => 1e12m,
            "P" => 1e15m,
            "Ki" => 1024m,
            "Mi" => 1024m * 1024,
            "Gi" => 1024m * 1024 * 1024,
            "Ti" => 1024m * 1024 * 1024 * 1024,
            _ => null,
        };
        string number = digits < 0 ? text : text[..digits];
        return factor is not null
            && decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal value)
            && value < 1e15m && value * factor < ulong.MaxValue
            ? (ulong)(value * factor)
            : null;
    }

    private static JsonArray? IpRanges(CniAttachment attachment)
    {
        var ranges = new JsonArray();
        foreach (string cidr in attachment.PodCidr.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            ranges.Add((JsonNode)new JsonArray(new JsonObject { ["subnet"] = cidr }));
        }

        return ranges.Count == 0 ? null : ranges;
    }

    private static JsonObject? Annotations(CniAttachment attachment)
    {
        var annotations = new JsonObject();
        foreach ((string key, string value) in attachment.Annotations)
        {
            annotations[key] = value;
        }

        return annotations.Count == 0 ? null : annotations;
    }

    private static JsonArray Strings(IEnumerable<string> values)
    {
        var array = new JsonArray();
        foreach (string value in values)
        {
            array.Add((JsonNode?)JsonValue.Create(value));
        }

        return array;
    }
}
