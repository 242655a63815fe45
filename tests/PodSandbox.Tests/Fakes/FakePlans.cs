using Keelson.Oci.Capabilities;
using Keelson.Oci.Spec;
using Keelson.Sandboxes.Host;
using Keelson.Sandboxes.Spec;

namespace Keelson.PodSandbox.Tests.Fakes;

/// <summary>Plans that are only remembered.</summary>
internal sealed class FakePlans : IPlanMaker, ISeccompProfiles
{
    internal PauseLaunch? LastPause { get; private set; }

    internal ContainerLaunch? LastContainer { get; private set; }

    public CompiledPlan Pause(PauseLaunch launch)
    {
        LastPause = launch;
        return Plan();
    }

    public CompiledPlan Container(ContainerLaunch launch)
    {
        LastContainer = launch;
        return Plan();
    }

    public CompiledPlan Exec(ExecLaunch launch) => Plan();

    public SeccompSpec Default(CapabilitySet capabilities) => new() { DefaultAction = "SCMP_ACT_ERRNO" };

    public SeccompSpec Localhost(string reference, CapabilitySet capabilities) => new() { DefaultAction = "SCMP_ACT_LOG" };

    private static CompiledPlan Plan() => new(new byte[] { 1 }, (step, errno) => $"step {step} (errno {errno})", () => "plan");
}
