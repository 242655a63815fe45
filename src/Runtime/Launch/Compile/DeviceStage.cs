using Keelson.Core;
using Keelson.Linux.Native;
using Keelson.Oci.Launch.Building;
using Keelson.Oci.Spec;

namespace Keelson.Oci.Launch.Compile;

/// <summary>
/// Device nodes and links, made on a tmpfs that is not yet attached anywhere: nothing of the image is near
/// (CVE-2026-41579).
/// </summary>
internal static class DeviceStage
{
    private const uint Everyone = 0x1b6; // 0666

    private static readonly DeviceSpec[] Always =
    [
        new() { Path = "/dev/null", Type = "c", Major = 1, Minor = 3 },
        new() { Path = "/dev/zero", Type = "c", Major = 1, Minor = 5 },
        new() { Path = "/dev/full", Type = "c", Major = 1, Minor = 7 },
        new() { Path = "/dev/random", Type = "c", Major = 1, Minor = 8 },
        new() { Path = "/dev/urandom", Type = "c", Major = 1, Minor = 9 },
        new() { Path = "/dev/tty", Type = "c", Major = 5, Minor = 0 },
    ];

    private static readonly (string Name, string Target)[] Links =
    [
        ("fd", "/proc/self/fd"), ("stdin", "/proc/self/fd/0"), ("stdout", "/proc/self/fd/1"), ("stderr", "/proc/self/fd/2"), ("ptmx", "pts/ptmx"),
    ];

    /// <summary>Fills the tmpfs that becomes /dev.</summary>
    internal static void Fill(PlanBuilder plan, LinuxSpec linux, PlanSlot dev)
    {
        HashSet<string> made = new(StringComparer.Ordinal);
        foreach (DeviceSpec device in Always.Where(known => !linux.Devices.Any(asked => asked.Path == known.Path)).Concat(linux.Devices.Where(IsInDev)))
        {
            string name = MountPaths.Relative(device.Path)["dev/".Length..];
            for (int slash = name.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = name.IndexOf('/', slash + 1))
            {
                if (made.Add(name[..slash]))
                {
                    plan.Add($"mkdir '/dev/{name[..slash]}'", "mkdirat", dev, plan.Text(name[..slash]), 0x1ed);
                }
            }

            if (made.Add(name) && !Array.Exists(Links, link => link.Name == name))
            {
                MakeNode(plan, device, dev, name);
            }
        }

        foreach ((string name, string target) in Links)
        {
            plan.Add($"symlink '/dev/{name}'", "symlinkat", plan.Text(target), dev, plan.Text(name));
        }
    }

    /// <summary>Nodes elsewhere in the root; a name that is taken is a failure, not reused.</summary>
    internal static void MakeOutsideDev(PlanBuilder plan, LinuxSpec linux, PlanSlot root)
    {
        foreach (DeviceSpec device in linux.Devices.Where(device => !IsInDev(device)))
        {
            string path = MountPaths.Relative(device.Path);
            int slash = path.LastIndexOf('/');
            PlanSlot directory = slash < 0 ? root : MountTarget.Open(plan, root, path[..slash], directory: true, 0);
            MakeNode(plan, device, directory, path[(slash + 1)..]);
        }
    }

    private static bool IsInDev(DeviceSpec device) => MountPaths.Relative(device.Path).StartsWith("dev/", StringComparison.Ordinal);

    private static void MakeNode(PlanBuilder plan, DeviceSpec device, PlanSlot directory, string name)
    {
        uint type = device.Type switch
        {
            "c" or "u" => 0x2000,
            "b" => 0x6000,
            "p" => 0x1000,
            _ => throw new KeelsonException(ErrorKind.InvalidArgument, $"device '{device.Path}': type '{device.Type}' is not c, b, u or p"),
        };
        if (device.Major is < 0 or > 0xfff || device.Minor is < 0 or > 0xfffff)
        {
            throw new KeelsonException(ErrorKind.InvalidArgument, $"device '{device.Path}': {device.Major}:{device.Minor} is out of range");
        }

        uint mode = (device.FileMode ?? Everyone) & 0xfff;
        plan.Add($"mknod '{device.Path}'", "mknodat", directory, plan.Text(name), type | mode, (long)Number(device.Major, device.Minor));
        if ((device.Uid ?? 0) != 0 || (device.Gid ?? 0) != 0)
        {
            plan.Add($"chown '{device.Path}'", "fchownat", directory, plan.Text(name), device.Uid ?? 0, device.Gid ?? 0, Uapi.AT_SYMLINK_NOFOLLOW);
        }
    }

    /// <summary>The kernel's 32-bit encoding of a device number (new_encode_dev).</summary>
    private static uint Number(long major, long minor) => (uint)((minor & 0xff) | (major << 8) | ((minor & ~0xff) << 12));
}
