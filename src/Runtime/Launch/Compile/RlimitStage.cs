using System.Collections.Frozen;
using Keelson.Core;
using Keelson.Linux.Native;
using Keelson.Oci.Launch.Building;
using Keelson.Oci.Spec;

namespace Keelson.Oci.Launch.Compile;

/// <summary>Resource limits.</summary>
internal static class RlimitStage
{
    private static readonly string[] Names =
    [
        "RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_DATA", "RLIMIT_STACK", "RLIMIT_CORE", "RLIMIT_RSS", "RLIMIT_NPROC", "RLIMIT_NOFILE",
        "RLIMIT_MEMLOCK", "RLIMIT_AS", "RLIMIT_LOCKS", "RLIMIT_SIGPENDING", "RLIMIT_MSGQUEUE", "RLIMIT_NICE", "RLIMIT_RTPRIO", "RLIMIT_RTTIME",
    ];

    private static readonly FrozenDictionary<string, int> Numbers =
        Names.Select((name, number) => (name, number)).ToFrozenDictionary(pair => pair.name, pair => pair.number, StringComparer.Ordinal);

    internal static void Set(PlanBuilder plan, IEnumerable<RlimitSpec> limits)
    {
        foreach (RlimitSpec limit in limits)
        {
            if (!Numbers.TryGetValue(limit.Type, out int number) || limit.Soft > limit.Hard)
            {
                throw new KeelsonException(ErrorKind.InvalidArgument, $"rlimit '{limit.Type}': unknown, or soft above hard");
            }

            Uapi.rlimit64 value = new() { rlim_cur = limit.Soft, rlim_max = limit.Hard };
            plan.Add($"prlimit {limit.Type} {limit.Soft}:{limit.Hard}", "prlimit64", 0, number, plan.Struct(value), 0);
        }
    }
}
