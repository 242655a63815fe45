using Keelson.Core;
using Keelson.Oci.Spec;

namespace Keelson.Oci.Cgroups;

/// <summary>One group: a directory of the same name in every hierarchy. Safe for concurrent use, except Update with Update.</summary>
public interface ICgroup
{
    /// <summary>Its path.</summary>
    CgroupPath Path { get; }

    /// <summary>Whether it exists in any hierarchy.</summary>
    bool Exists { get; }

    /// <summary>Where a new process is put.</summary>
    CgroupPlacement Placement { get; }

    /// <summary>
    /// Where a new process is put beside one that is in the group or in one below it. Version 2 takes no process into a
    /// group that passes controllers on: what has divided its own group is joined where it stands.
    /// </summary>
    /// <param name="pid">A member; if it is none any more, this is <see cref="Placement"/>.</param>
    CgroupPlacement PlacementBeside(int pid);

    /// <summary>
    /// Moves a running process into it. Takes the time of an RCU grace period, some 10 ms, in which no other group can be
    /// made: a process of one's own is better born in its group.
    /// </summary>
    /// <returns>False when there is no such process.</returns>
    /// <exception cref="KeelsonException">The kernel refused.</exception>
    bool TryMove(int pid);

    /// <summary>The directory whose OOM counter <see cref="ReadOomKills"/> reads; for <c>LaunchRequest.OomCgroup</c>.</summary>
    HostPath? OomDirectory { get; }

    /// <summary>The directory to kill everything by; for <c>LaunchRequest.KillCgroup</c>.</summary>
    HostPath? KillDirectory { get; }

    /// <summary>Makes it, and the groups above it, where missing.</summary>
    /// <exception cref="KeelsonException">Internal or ResourceExhausted.</exception>
    void Create();

    /// <summary>Sets the limits of a new group. Controllers the node lacks are skipped unless the limit is a promise (memory, pids).</summary>
    /// <exception cref="KeelsonException">InvalidArgument: the kernel refused a value; FailedPrecondition: a needed controller is missing.</exception>
    void Apply(ResourcesSpec resources);

    /// <summary>
    /// Changes limits of a group in use: all of them, or none. Values are read back; on a refusal what was changed is
    /// put back. Device rules are never changed.
    /// </summary>
    /// <exception cref="KeelsonException">As <see cref="Apply"/>; NotFound when the group is gone.</exception>
    void Update(ResourcesSpec resources);

    /// <summary>Usage now; every field null when the group is gone.</summary>
    CgroupStats ReadStats();

    /// <summary>How often the kernel killed a process of it for memory.</summary>
    long ReadOomKills();

    /// <summary>Ids of its processes, descendants' included.</summary>
    IReadOnlyList<int> ReadProcesses();

    /// <summary>Kills everything in it and below, and waits until nothing is left.</summary>
    Task KillAllAsync(CancellationToken cancellationToken);

    /// <summary>Removes it if nothing is in it.</summary>
    bool TryDelete();

    /// <summary>Removes it and the groups its processes made below it; processes must be gone. Absent is success.</summary>
    /// <exception cref="KeelsonException">FailedPrecondition: processes stay in it.</exception>
    Task DeleteAsync(CancellationToken cancellationToken);
}
