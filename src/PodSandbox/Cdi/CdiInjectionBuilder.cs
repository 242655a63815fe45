using System.Collections.Immutable;
using Keelson.Core;
using Keelson.Oci.Spec;
using Keelson.Sandboxes.Spec;

namespace Keelson.Sandboxes.Cdi;

/// <summary>Gathers the edits of devices; looks up on the host what they leave out.</summary>
internal sealed class CdiInjectionBuilder
{
    private readonly HashSet<CdiDocument> _applied = new(ReferenceEqualityComparer.Instance);
    private readonly ImmutableArray<string>.Builder _environment = ImmutableArray.CreateBuilder<string>();
    private readonly ImmutableArray<DeviceSpec>.Builder _devices = ImmutableArray.CreateBuilder<DeviceSpec>();
    private readonly ImmutableArray<DeviceRuleSpec>.Builder _rules = ImmutableArray.CreateBuilder<DeviceRuleSpec>();
    private readonly ImmutableArray<MountSpec>.Builder _mounts = ImmutableArray.CreateBuilder<MountSpec>();
    private readonly ImmutableArray<uint>.Builder _groups = ImmutableArray.CreateBuilder<uint>();

    /// <summary>Adds the edits of the device's file, once for all its devices, and then its own.</summary>
    /// <exception cref="KeelsonException">Unimplemented; NotFound or InvalidArgument: no such node on the host.</exception>
    internal void Add(CdiName name, CdiEntry entry)
    {
        string subject = $"CDI device '{name}' ({entry.Path})";
        if (_applied.Add(entry.Document))
        {
            Add(entry.Document.ContainerEdits, subject);
        }

        Add(entry.Device.ContainerEdits, subject);
    }

    internal CdiInjection Build() => new()
    {
        Environment = _environment.ToImmutable(),
        Devices = _devices.ToImmutable(),
        DeviceRules = _rules.ToImmutable(),
        Mounts = _mounts.ToImmutable(),
        AdditionalGids = _groups.ToImmutable(),
    };

    private void Add(CdiEdits edits, string subject)
    {
        if (edits.Hooks is [{ } hook, ..])
        {
            throw new KeelsonException(ErrorKind.Unimplemented, $"{subject}: hook '{hook.HookName}' ({hook.Path}): OCI hooks are not supported yet");
        }

        if (edits.IntelRdt is not null)
        {
            throw new KeelsonException(ErrorKind.Unimplemented, $"{subject}: intelRdt is not supported");
        }

        _environment.AddRange(edits.Env);
        foreach (CdiDeviceNode node in edits.DeviceNodes)
        {
            Add(node, subject);
        }

        _mounts.AddRange(edits.Mounts.Select(Mount));

        // Group 0 in a list of additional groups is a number that was left out, not root's.
        _groups.AddRange(edits.AdditionalGids.Where(group => group != 0));
    }

    private void Add(CdiDeviceNode node, string subject)
    {
        DeviceSpec device = Complete(node, subject);
        _devices.Add(device);
        if (device.Type is "b" or "c" && node.Permissions != CdiInjection.NoPermissions)
        {
            string access = node.Permissions.Length == 0 ? "rwm" : node.Permissions;
            _rules.Add(new DeviceRuleSpec { Allow = true, Type = device.Type, Major = device.Major, Minor = device.Minor, Access = access });
        }
    }

    private static DeviceSpec Complete(CdiDeviceNode node, string subject)
    {
        // An unbuffered character device is the kernel's character device.
        string type = node.Type == "u" ? "c" : node.Type;
        (long major, long minor) = (node.Major, node.Minor);
        if (type.Length == 0 || (major == 0 && type != "p"))
        {
            DeviceSpec host = OnHost(node, subject);
            if (type.Length > 0 && type != host.Type)
            {
                throw new KeelsonException(
                    ErrorKind.InvalidArgument, $"{subject}: device node '{node.Path}' is of type {type}, the host's of type {host.Type}");
            }

            type = host.Type;
            (major, minor) = major == 0 ? (host.Major, host.Minor) : (major, minor);
        }

        return new DeviceSpec { Path = node.Path, Type = type, Major = major, Minor = minor, FileMode = node.FileMode, Uid = node.Uid, Gid = node.Gid };
    }

    private static DeviceSpec OnHost(CdiDeviceNode node, string subject)
    {
        try
        {
            return HostDevices.Single(node.HostPath.Length > 0 ? node.HostPath : node.Path, node.Path).Node;
        }
        catch (KeelsonException failure)
        {
            throw new KeelsonException(failure.Kind, $"{subject}: {failure.Message}", failure);
        }
    }

    private static MountSpec Mount(CdiMount mount)
    {
        // Everything with a path of the host is a bind mount unless it says something else.
        bool bind = mount.Type is "" or "bind" && !mount.Options.Any(option => option is "bind" or "rbind");
        return new MountSpec
        {
            Destination = MountsContributor.Normalize(mount.ContainerPath),
            Type = mount.Type.Length > 0 ? mount.Type : "bind",
            Source = mount.HostPath,
            Options = bind ? ["rbind", .. mount.Options] : [.. mount.Options],
        };
    }
}
