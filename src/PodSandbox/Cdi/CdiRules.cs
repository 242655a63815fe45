using System.Collections.Frozen;

namespace Keelson.Sandboxes.Cdi;

/// <summary>What a specification file must be before any of its devices counts.</summary>
internal static class CdiRules
{
    // The kernel's 12 and 20 bits of a device number.
    private const long MaxMajor = 0xfff;
    private const long MaxMinor = 0xfffff;

    private static readonly FrozenSet<string> HookNames = FrozenSet.ToFrozenSet(
        ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"], StringComparer.Ordinal);

    /// <exception cref="FormatException">What is wrong, with the device it is about.</exception>
    internal static void Check(CdiDocument document)
    {
        Require(CdiName.IsKind(document.Kind), $"kind '{document.Kind}': expected vendor and class, such as vendor.com/class");
        CheckEdits(document.ContainerEdits, "containerEdits");
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (CdiDevice device in document.Devices)
        {
            Require(device is not null, "devices: null is not a device");
            Require(CdiName.IsDevice(device!.Name), $"device '{device.Name}': not a device's name");
            Require(names.Add(device.Name), $"device '{device.Name}' is there twice");
            Require(!device.ContainerEdits.IsEmpty, $"device '{device.Name}': no containerEdits");
            CheckEdits(device.ContainerEdits, $"device '{device.Name}'");
        }

        string? version = CdiVersions.Check(document);
        Require(version is null, version ?? string.Empty);
    }

    private static void CheckEdits(CdiEdits edits, string subject)
    {
        foreach (string variable in edits.Env)
        {
            Require(
                variable is not null && variable.IndexOf('=', StringComparison.Ordinal) > 0 && !variable.Contains('\0'),
                $"{subject}: '{variable}' is not a variable, NAME=value");
        }

        foreach (CdiDeviceNode node in edits.DeviceNodes)
        {
            Require(node is not null, $"{subject}: deviceNodes: null is not a node");
            CheckNode(node!, $"{subject}: device node '{node!.Path}'");
        }

        foreach (CdiMount mount in edits.Mounts)
        {
            Require(mount is not null, $"{subject}: mounts: null is not a mount");
            CheckMount(mount!, $"{subject}: mount at '{mount!.ContainerPath}'");
        }

        foreach (CdiHook hook in edits.Hooks)
        {
            Require(hook is not null && HookNames.Contains(hook.HookName), $"{subject}: hook '{hook?.HookName}' is not one of the runtime-spec's");
            Require(hook!.Path.Length > 0, $"{subject}: hook '{hook.HookName}': no path");
        }
    }

    private static void CheckNode(CdiDeviceNode node, string subject)
    {
        Require(IsPath(node.Path), $"{subject}: expected an absolute path without '..'");
        Require(node.HostPath.Length == 0 || IsPath(node.HostPath), $"{subject}: hostPath '{node.HostPath}': expected an absolute path without '..'");
        Require(node.Type is "" or "b" or "c" or "u" or "p", $"{subject}: type '{node.Type}' is not b, c, u or p");
        Require(node.Major is >= 0 and <= MaxMajor && node.Minor is >= 0 and <= MaxMinor, $"{subject}: {node.Major}:{node.Minor} is not a device number");
        Require(
            node.Permissions is CdiInjection.NoPermissions || node.Permissions.All(c => c is 'r' or 'w' or 'm'),
            $"{subject}: permissions '{node.Permissions}' are not letters of rwm");
    }

    private static void CheckMount(CdiMount mount, string subject)
    {
        Require(IsPath(mount.ContainerPath), $"{subject}: expected an absolute path without '..'");
        Require(mount.HostPath.Length > 0 && !mount.HostPath.Contains('\0'), $"{subject}: no hostPath");
        Require(mount.Options.All(option => option is not null), $"{subject}: null is not an option");
    }

    private static bool IsPath(string path) => path.StartsWith('/') && path.Trim('/').Length > 0 && !path.Split('/').Contains("..") && !path.Contains('\0');

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new FormatException(otherwise);
        }
    }
}
