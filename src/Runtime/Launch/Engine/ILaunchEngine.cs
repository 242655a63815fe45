namespace Keelson.Oci.Launch.Engine;

/// <summary>Runs plans: clones a child that executes the plan's system calls and ends in execve.</summary>
public interface ILaunchEngine
{
    /// <summary>
    /// Launches and waits for the execve. Blocks the calling thread, which must be one the process can spare (not a
    /// thread pool thread): a mount may hang. Several threads may launch at once. Failed children are reaped here; a launched one is the caller's to wait for.
    /// </summary>
    /// <exception cref="Linux.LinuxException">Memory or descriptors for the launch could not be had.</exception>
    LaunchEngineResult Launch(LaunchPlanImage image, in LaunchInputs inputs);
}
