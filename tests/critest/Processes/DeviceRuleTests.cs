using System.Globalization;

namespace Keelson.CriTest.Processes;

/// <summary>Which devices a container may use: by a list on cgroup v1, by a program on version 2.</summary>
public sealed class DeviceRuleTests(CriTarget target) : CriTest(target)
{
    private const string Try = "(exec 3</dev/it) 2>/dev/null && echo read; (exec 3>/dev/it) 2>/dev/null && echo written; true";

    // The kernel's number for devices that many drivers share; anyone may open these, whatever his capabilities.
    private const int MiscMajor = 10;
    private static readonly string[] s_harmless = ["fuse", "loop-control", "autofs", "vga_arbiter"];

    [SkippableTheory]
    [InlineData("r", "read")]
    [InlineData("w", "written")]
    [InlineData("rw", "read written")]
    public async Task A_device_can_be_used_as_its_permissions_say(string permissions, string expected)
    {
        string node = Files.Sub("devices") + "/it";
        await MakeNodeAsync(node, MiscDevice());
        Pod pod = await RunHostNetworkPodAsync();

        Ran ran = await RunAsync(pod, Try, config =>
            config.Devices.Add(new Cri.Device { HostPath = node, ContainerPath = "/dev/it", Permissions = permissions }));

        Assert.Equal(expected.Split(' '), ran.Lines);
    }

    [SkippableFact]
    public async Task A_device_that_was_not_given_can_be_made_but_not_used()
    {
        int minor = MiscDevice();
        Pod pod = await RunHostNetworkPodAsync();
        string make = string.Create(CultureInfo.InvariantCulture, $"mknod /dev/it c {MiscMajor} {minor} && echo made; ");

        Assert.Equal(["made"], (await RunAsync(pod, make + Try)).Lines);
    }

    [SkippableFact]
    public async Task A_disk_that_was_not_given_can_not_be_read()
    {
        string? numbers = Directory.EnumerateDirectories("/sys/block").Select(disk => File.ReadAllText($"{disk}/dev").Trim()).FirstOrDefault();
        Skip.If(numbers is null, "the machine has no disk");
        Pod pod = await RunHostNetworkPodAsync();

        Ran ran = await RunAsync(pod, $"mknod /dev/it b {numbers.Replace(':', ' ')} && echo made; {Try}");

        Assert.Equal(["made"], ran.Lines);
    }

    /// <summary>The minor number of a device that this kernel has, and that a container does not.</summary>
    private static int MiscDevice()
    {
        var devices = File.ReadLines("/proc/misc")
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .ToDictionary(words => words[1], words => int.Parse(words[0], CultureInfo.InvariantCulture));
        string? name = Array.Find(s_harmless, devices.ContainsKey);
        Skip.If(name is null, $"the kernel has none of the devices {string.Join(", ", s_harmless)}");
        return devices[name];
    }

    private static async Task MakeNodeAsync(string path, int minor) =>
        (await Command.RunAsync("mknod", [path, "c", MiscMajor.ToString(CultureInfo.InvariantCulture), minor.ToString(CultureInfo.InvariantCulture)])).Succeeded();
}
