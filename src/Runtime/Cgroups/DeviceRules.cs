using System.Globalization;
using Keelson.Oci.Spec;

namespace Keelson.Oci.Cgroups;

/// <summary>The device list of a group: the spec's, and the devices that every container has.</summary>
internal static class DeviceRules
{
    /// <summary>
    /// Making any node is allowed (its use is not), and the use of the pseudo devices: null, zero, full, random, urandom,
    /// tty, console, ptmx, and the terminals of devpts.
    /// </summary>
    private static readonly DeviceRuleSpec[] Always =
    [
        new() { Allow = true, Type = "c", Access = "m" },
        new() { Allow = true, Type = "b", Access = "m" },
        new() { Allow = true, Type = "c", Major = 1, Minor = 3, Access = "rwm" },
        new() { Allow = true, Type = "c", Major = 1, Minor = 5, Access = "rwm" },
        new() { Allow = true, Type = "c", Major = 1, Minor = 7, Access = "rwm" },
        new() { Allow = true, Type = "c", Major = 1, Minor = 8, Access = "rwm" },
        new() { Allow = true, Type = "c", Major = 1, Minor = 9, Access = "rwm" },
        new() { Allow = true, Type = "c", Major = 5, Minor = 0, Access = "rwm" },
        new() { Allow = true, Type = "c", Major = 5, Minor = 1, Access = "rwm" },
        new() { Allow = true, Type = "c", Major = 5, Minor = 2, Access = "rwm" },
        new() { Allow = true, Type = "c", Major = 136, Access = "rwm" },
    ];

    /// <summary>The spec's rules with <see cref="Always"/> after them; an allow-everything needs nothing more.</summary>
    internal static IReadOnlyList<DeviceRuleSpec> Complete(IReadOnlyList<DeviceRuleSpec> rules) =>
        rules.Count == 0 || IsEverything(rules[^1]) && rules[^1].Allow ? rules : [.. rules, .. Always];

    /// <summary>As devices.allow of version 1 takes it: <c>c 1:3 rwm</c>.</summary>
    internal static string ToText(DeviceRuleSpec rule) => rule.Type is null or "a"
        ? "a"
        : $"{rule.Type} {Number(rule.Major)}:{Number(rule.Minor)} {rule.Access ?? "rwm"}";

    private static bool IsEverything(DeviceRuleSpec rule) => rule.Type is null or "a" && rule.Major is null or < 0 && rule.Minor is null or < 0;

    private static string Number(long? value) => value is null or < 0 ? "*" : value.Value.ToString(CultureInfo.InvariantCulture);
}
