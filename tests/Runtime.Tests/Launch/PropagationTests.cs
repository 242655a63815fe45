using Keelson.Linux;
using Keelson.Oci.Launch;
using Keelson.Oci.Launch.Engine;
using Keelson.Oci.Spec;

namespace Keelson.Runtime.Tests.Launch;

[Trait("needs", "root")]
public sealed class PropagationTests : ContainerLaunchBase
{
    [SkippableFact]
    public void A_mount_made_on_the_host_later_reaches_a_slave_and_not_a_private_mount()
    {
        RootOnly.Require();
        string shared = $"{Container.Path}/shared";
        Directory.CreateDirectory($"{shared}/inner");
        Assert.Equal(0, Shell($"mount -t tmpfs tmpfs {shared} && mount --make-shared {shared} && mkdir {shared}/inner"));
        try
        {
            LaunchPlan plan = Container.Compile(TestContainer.With(
                TestContainer.Shell("echo ready; read line; ls /slave/inner /private/inner"),
                null,
                null,
                new MountSpec { Destination = "/slave", Type = "bind", Source = shared, Options = ["rbind", "rslave"] },
                new MountSpec { Destination = "/private", Type = "bind", Source = shared, Options = ["rbind", "rprivate"] }));
            PipePair input = PipePair.Create();
            PipePair output = PipePair.Create();
            using SafeFd read = output.Read;
            LaunchEngineResult result;
            using (output.Write)
            using (input.Read)
            {
                result = Harness.Launch(plan, output.Write, input: input.Read);
            }

            Assert.True(result.Launched, plan.DescribeFailure(result.FailedStep, result.Errno));
            byte[] ready = new byte[6];
            FdIO.Read(read, ready, out _);
            Assert.Equal(0, Shell($"mount -t tmpfs tmpfs {shared}/inner && touch {shared}/inner/later"));
            using (input.Write)
            {
                FdIO.WriteAll(input.Write, "\n"u8);
            }

            Assert.Equal("/private/inner:\n\n/slave/inner:\nlater\n", EngineHarness.ReadToEnd(read));
            EngineHarness.Wait(result);
        }
        finally
        {
            Shell($"umount -l {shared}");
        }
    }

    private static int Shell(string script)
    {
        using System.Diagnostics.Process process = System.Diagnostics.Process.Start("/bin/sh", ["-c", script]);
        Assert.True(process.WaitForExit(20_000));
        return process.ExitCode;
    }
}
