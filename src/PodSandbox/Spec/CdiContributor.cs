using System.Collections.Immutable;
using Keelson.Oci.Spec;
using Keelson.Sandboxes.Cdi;

namespace Keelson.Sandboxes.Spec;

/// <summary>What devices of the Container Device Interface change; comes last, because they change what is there.</summary>
internal sealed class CdiContributor : ISpecContributor
{
    public void Contribute(SpecDraft draft, SpecInputs inputs)
    {
        if (inputs.Cdi is not { } cdi)
        {
            return;
        }

        UserSpec user = draft.Process.User;
        draft.Process = draft.Process with
        {
            Env = Replace(draft.Process.Env, cdi.Environment),
            User = user with { AdditionalGids = [.. user.AdditionalGids.Union(cdi.AdditionalGids)] },
        };
        AddDevices(draft, cdi);
        foreach (MountSpec mount in cdi.Mounts)
        {
            draft.Mounts.RemoveAll(other => other.Destination == mount.Destination);
            draft.Mounts.Add(mount);
        }

        ImmutableArray<MountSpec> ordered = [.. MountsContributor.UpperFirst(draft.Mounts)];
        draft.Mounts.Clear();
        draft.Mounts.AddRange(ordered);
    }

    private static ImmutableArray<EnvironmentEntry> Replace(ImmutableArray<EnvironmentEntry> environment, ImmutableArray<string> changes)
    {
        List<EnvironmentEntry> entries = [.. environment];
        foreach (EnvironmentEntry change in changes.Select(EnvironmentEntry.Parse))
        {
            int index = entries.FindIndex(entry => entry.Name == change.Name);
            if (index < 0)
            {
                entries.Add(change);
            }
            else
            {
                entries[index] = change;
            }
        }

        return [.. entries];
    }

    private static void AddDevices(SpecDraft draft, CdiInjection cdi)
    {
        List<DeviceSpec> devices = [.. draft.Linux.Devices];
        UserSpec user = draft.Process.User;
        foreach (DeviceSpec device in cdi.Devices)
        {
            devices.RemoveAll(other => other.Path == device.Path);

            // The container's user owns what the vendor gives to nobody.
            devices.Add(device with { Uid = device.Uid ?? user.Uid, Gid = device.Gid ?? user.Gid });
        }

        draft.Linux = draft.Linux with { Devices = [.. devices] };
        draft.Resources = draft.Resources with { Devices = [.. draft.Resources.Devices, .. cdi.DeviceRules] };
    }
}
