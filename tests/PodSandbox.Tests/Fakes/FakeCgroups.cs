using System.Collections.Concurrent;
using Keelson.Core;
using Keelson.Oci.Cgroups;
using Keelson.Oci.Spec;

namespace Keelson.PodSandbox.Tests.Fakes;

/// <summary>Control groups in memory.</summary>
internal sealed class FakeCgroups : ICgroups
{
    internal ConcurrentDictionary<string, ResourcesSpec> Groups { get; } = new();

    internal ConcurrentQueue<string> Killed { get; } = new();

    /// <summary>Refuses the next move, once.</summary>
    internal string? MoveProblem { get; set; }

    internal string? UpdateProblem { get; set; }

    /// <summary>Which processes were moved, and where to.</summary>
    internal ConcurrentQueue<(string Group, int Pid)> Moved { get; } = new();

    /// <summary>What groups have used, by path; of the others there is a default.</summary>
    internal ConcurrentDictionary<string, CgroupStats> Usage { get; } = new();

    public CgroupLayout Layout { get; init; } = new([]);

    public ICgroup Get(CgroupPath path) => new Group(this, path);

    private sealed class Group(FakeCgroups owner, CgroupPath path) : ICgroup
    {
        public CgroupPath Path => path;

        public bool Exists => owner.Groups.ContainsKey(path.Value);

        public CgroupPlacement Placement => CgroupPlacement.None;

        public CgroupPlacement PlacementBeside(int pid) => CgroupPlacement.None;

        public bool TryMove(int pid)
        {
            if (owner.MoveProblem is { } problem)
            {
                owner.MoveProblem = null;
                throw new KeelsonException(ErrorKind.Internal, problem);
            }

            owner.Moved.Enqueue((path.Value, pid));
            return true;
        }

        public bool TryDelete() => owner.Groups.TryRemove(path.Value, out _);

        public HostPath? OomDirectory => null;

        public HostPath? KillDirectory => null;

        public void Create() => owner.Groups.TryAdd(path.Value, new ResourcesSpec());

        public void Apply(ResourcesSpec resources) => owner.Groups[path.Value] = resources;

        public void Update(ResourcesSpec resources)
        {
            if (owner.UpdateProblem is not null)
            {
                throw new KeelsonException(ErrorKind.InvalidArgument, owner.UpdateProblem);
            }

            owner.Groups[path.Value] = resources;
        }

        public CgroupStats ReadStats() => owner.Usage.TryGetValue(path.Value, out CgroupStats? usage) ? usage
            : Exists ? new CgroupStats { CpuUsageNanoseconds = 5, MemoryWorkingSetBytes = 7, MemoryUsageBytes = 9 } : new CgroupStats();

        public long ReadOomKills() => 0;

        public IReadOnlyList<int> ReadProcesses() => [];

        public Task KillAllAsync(CancellationToken cancellationToken)
        {
            owner.Killed.Enqueue(path.Value);
            return Task.CompletedTask;
        }

        public Task DeleteAsync(CancellationToken cancellationToken)
        {
            owner.Groups.TryRemove(path.Value, out _);
            return Task.CompletedTask;
        }
    }
}
