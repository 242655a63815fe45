using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Keelson.Oci.Capabilities;

/// <summary>Names and numbers of capabilities(7).</summary>
public static class CapabilityTable
{
    /// <summary>All 41, at the index that is their number.</summary>
    public static ImmutableArray<string> Names { get; } =
    [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_SETGID",
        "CAP_SETUID", "CAP_SETPCAP", "CAP_LINUX_IMMUTABLE", "CAP_NET_BIND_SERVICE", "CAP_NET_BROADCAST", "CAP_NET_ADMIN",
        "CAP_NET_RAW", "CAP_IPC_LOCK", "CAP_IPC_OWNER", "CAP_SYS_MODULE", "CAP_SYS_RAWIO", "CAP_SYS_CHROOT",
        "CAP_SYS_PTRACE", "CAP_SYS_PACCT", "CAP_SYS_ADMIN", "CAP_SYS_BOOT", "CAP_SYS_NICE", "CAP_SYS_RESOURCE",
        "CAP_SYS_TIME", "CAP_SYS_TTY_CONFIG", "CAP_MKNOD", "CAP_LEASE", "CAP_AUDIT_WRITE", "CAP_AUDIT_CONTROL",
        "CAP_SETFCAP", "CAP_MAC_OVERRIDE", "CAP_MAC_ADMIN", "CAP_SYSLOG", "CAP_WAKE_ALARM", "CAP_BLOCK_SUSPEND",
        "CAP_AUDIT_READ", "CAP_PERFMON", "CAP_BPF", "CAP_CHECKPOINT_RESTORE",
    ];

    /// <summary>The 14 that a container has unless it asks otherwise.</summary>
    public static ImmutableArray<string> Default { get; } =
    [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER", "CAP_MKNOD", "CAP_NET_RAW", "CAP_SETGID", "CAP_SETUID",
        "CAP_SETFCAP", "CAP_SETPCAP", "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT", "CAP_KILL", "CAP_AUDIT_WRITE",
    ];

    private static readonly FrozenDictionary<string, int> Numbers =
        Names.ToFrozenDictionary(name => name, name => Names.IndexOf(name), StringComparer.Ordinal);

    /// <summary>The number of a name, with or without <c>CAP_</c>, in any case; false when there is no such capability.</summary>
    public static bool TryGetNumber(string name, out int number)
    {
        string upper = name.ToUpperInvariant();
        return Numbers.TryGetValue(upper.StartsWith("CAP_", StringComparison.Ordinal) ? upper : $"CAP_{upper}", out number);
    }
}
