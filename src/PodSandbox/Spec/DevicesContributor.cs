using Keelson.Core;
using Keelson.Oci.Spec;

namespace Keelson.Sandboxes.Spec;

/// <summary>Devices beside the pseudo devices that every container has.</summary>
internal sealed class DevicesContributor : ISpecContributor
{
    public void Contribute(SpecDraft draft, SpecInputs inputs)
    {
        if (inputs.Privileged)
        {
            draft.Linux = draft.Linux with { Devices = [.. HostDevices.All().Select(device => device.Node)] };
            draft.Resources = draft.Resources with { Devices = [new DeviceRuleSpec { Allow = true, Access = "rwm" }] };
            return;
        }

        var nodes = new List<DeviceSpec>();
        var rules = new List<DeviceRuleSpec> { new() { Allow = false, Access = "rwm" } };
        foreach (ContainerDevice requested in inputs.Config.Devices)
        {
            string access = requested.Permissions.Length == 0 ? "rwm" : requested.Permissions;
            foreach (HostDevice device in HostDevices.At(requested.HostPath, requested.ContainerPath))
            {
                nodes.Add(device.Node);
                rules.Add(new DeviceRuleSpec { Allow = true, Type = device.Node.Type, Major = device.Node.Major, Minor = device.Node.Minor, Access = access });
            }
        }

        draft.Linux = draft.Linux with { Devices = [.. nodes] };
        draft.Resources = draft.Resources with { Devices = [.. rules] };
    }
}
