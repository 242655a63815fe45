using Keelson.Core;
using Keelson.Linux;
using Keelson.Oci.Spec;

namespace Keelson.Oci.Cgroups;

/// <content>Which devices its processes may use.</content>
internal sealed partial class Cgroup
{
    private void ApplyDevices(ResourcesSpec resources)
    {
        if (resources.Devices.IsEmpty)
        {
            return;
        }

        IReadOnlyList<DeviceRuleSpec> rules = DeviceRules.Complete(resources.Devices);
        if (layout.V1.FirstOrDefault(hierarchy => hierarchy.Controllers.Contains("devices")) is CgroupHierarchy v1)
        {
            ApplyDevicesV1(v1.DirectoryOf(Path), rules);
        }
        else if (layout.V2 is CgroupHierarchy v2)
        {
            DeviceFilter.Attach(v2.DirectoryOf(Path), rules);
        }
    }

    private static void ApplyDevicesV1(HostPath directory, IReadOnlyList<DeviceRuleSpec> rules)
    {
        foreach (DeviceRuleSpec rule in rules)
        {
            CgroupWrite write = new(directory, rule.Allow ? "devices.allow" : "devices.deny", DeviceRules.ToText(rule));
            Errno error = CgroupFile.Write(write.Directory, write.File, write.Value);
            if (error != Errno.None)
            {
                throw Refused(write, error);
            }
        }
    }
}
