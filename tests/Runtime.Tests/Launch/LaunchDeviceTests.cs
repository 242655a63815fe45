using Keelson.Linux;
using Keelson.Oci.Launch;
using Keelson.Oci.Launch.Engine;
using Keelson.Oci.Spec;

namespace Keelson.Runtime.Tests.Launch;

/// <summary>Attacks on the making of devices, and on the one that masks are made of.</summary>
[Trait("needs", "root")]
public sealed class LaunchDeviceTests : ContainerLaunchBase
{
    [SkippableFact]
    [Trait("CVE", "2025-31133")]
    public void Masks_use_the_real_null_device_whatever_the_image_has()
    {
        Require();

        // The image brings a /dev/null of its own, which is a link to a file.
        Directory.CreateDirectory($"{Container.Lower}/dev");
        Container.InImage("evil", "evil\n");
        File.CreateSymbolicLink($"{Container.Lower}/dev/null", "/evil");
        LaunchPlan plan = Container.Compile(TestContainer.Shell("cat /proc/keys; stat -c '%t:%T' /dev/null /proc/keys"));
        Assert.Equal("1:3\n1:3\n", Harness.Run(plan).Output);
        Assert.Contains(plan.Steps, step => step == "the null device for '/proc/keys' is 1:3");
    }

    [SkippableFact]
    [Trait("CVE", "2025-31133")]
    public void A_volume_over_the_null_device_stops_the_launch()
    {
        Require();
        File.WriteAllText($"{Container.Path}/evil", "evil");
        LaunchPlan plan = Container.Compile(TestContainer.With(
            TestContainer.Spec("true"), null, null, new MountSpec { Destination = "/dev/null", Type = "bind", Source = $"{Container.Path}/evil", Options = ["bind"] }));
        LaunchEngineResult result = Harness.Launch(plan);
        Assert.False(result.Launched, "a file of the pod's stands in for the null device");
        Assert.Equal(("the null device for '/proc/keys' is 1:3", (int)Errno.EPERM), (plan.Steps[result.FailedStep], result.Errno));
    }

    [SkippableFact]
    [Trait("CVE", "2026-41579")]
    [Trait("CVE", "2026-47766")]
    public void A_device_is_never_made_through_a_link_of_the_image()
    {
        Require();
        string outside = $"{Container.Path}/outside";
        Directory.CreateDirectory(outside);
        File.WriteAllText($"{outside}/taken", "host");
        Directory.CreateDirectory($"{Container.Lower}/dev");
        File.CreateSymbolicLink($"{Container.Lower}/dev/inner", outside);
        File.CreateSymbolicLink($"{Container.Lower}/srv", outside);
        foreach (string path in (string[])["/dev/inner/made", "/srv/made", "/srv/taken"])
        {
            LaunchPlan plan = Container.Compile(TestContainer.With(
                TestContainer.Spec("true"), null, linux => linux with { Devices = [new DeviceSpec { Path = path, Type = "c", Major = 1, Minor = 3 }] }));
            Harness.Launch(plan).PidFd?.Dispose();
            Assert.Equal([$"{outside}/taken"], Directory.GetFileSystemEntries(outside));
            Assert.Equal("host", File.ReadAllText($"{outside}/taken"));
        }
    }

    [SkippableFact]
    [Trait("CVE", "2026-41579")]
    [Trait("CVE", "2026-47766")]
    public void Devices_are_made_before_the_image_is_in_sight()
    {
        Require();
        LaunchPlan plan = Container.Compile(TestContainer.Spec("true"));
        int pivot = plan.Steps.IndexOf("pivot_root to the new root");
        Assert.All(plan.Steps.Select((name, index) => (name, index)).Where(step => step.name.StartsWith("mknod ", StringComparison.Ordinal)), step => Assert.True(step.index < pivot, step.name));
    }

    private static void Require()
    {
        RootOnly.Require();
        RootOnly.RequireBusybox();
    }
}
