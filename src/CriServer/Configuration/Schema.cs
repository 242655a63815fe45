using System.Collections.Immutable;

namespace Keelson.CriServer.Configuration;

/// <summary>
/// Every setting there is. What checks, prints and reads the configuration goes by this table, so a setting is added
/// here and in <see cref="KeelsonOptions"/>, and nowhere else.
/// </summary>
internal static class Schema
{
    internal static ImmutableArray<Setting> Settings { get; } =
    [
        new("root", SettingKind.Path, "/var/lib/keelson", "What survives a reboot: images, records of pods and containers."),
        new("state", SettingKind.Path, "/run/keelson", "What does not: sockets and the lock that keeps a second daemon out."),
        new("socket", SettingKind.Path, null, "The CRI socket. Left out: keelson.sock in the state directory."),
        new("shim", SettingKind.Path, null, "The keelson-shim program. Left out: the one beside this program."),
        new("cgroup_parent", SettingKind.Path, "/keelson", "Parent cgroup of pods for which the kubelet names none."),
        new("spare_shim", SettingKind.Flag, "true", "Keep one shim started ahead for the next pod: some milliseconds less for it, some 0.4 MiB more."),
        new("shutdown_timeout", SettingKind.Duration, "10s", "How long calls under way may take when the daemon stops. Containers go on."),
        new("log/level", SettingKind.Choice, "info", "The least level written: trace, debug, info, warn or error.")
        {
            Choices = ["trace", "debug", "info", "warn", "error"],
        },
        new("log/format", SettingKind.Choice, "text", "One line per event, as text or as json.") { Choices = ["text", "json"] },
        new("cni/conf_dir", SettingKind.Path, "/etc/cni/net.d", "Its first configuration list, in order of name, is the pods' network."),
        new("cni/bin_dirs", SettingKind.Path, "/opt/cni/bin, /usr/lib/cni", "Where CNI plugins are looked for.") { IsList = true },
        new("cni/add_timeout", SettingKind.Duration, "3m", "How long the plugins may take to attach one pod."),
        new("cni/del_timeout", SettingKind.Duration, "60s", "How long they may take to detach it."),
        new(
            "cdi/spec_dirs",
            SettingKind.Path,
            "/etc/cdi, /var/run/cdi",
            "Where files of CDI devices (.json, .yaml) are; a later directory wins, and an empty list turns CDI off.")
        {
            IsList = true,
        },
        new(
            "containers/default_rlimits",
            SettingKind.Rlimit,
            "nofile=1024:524288, nproc=unlimited, core=unlimited",
            "Resource limits of containers and execs, soft:hard or both in one, cut to what the daemon may set. Others are the daemon's own.")
        {
            IsList = true,
        },
        new("runtimes/*/path", SettingKind.Path, null, "An OCI runtime (runc, crun, runsc) that makes the containers of this RuntimeClass handler.") { Example = "crun" },
        new("runtimes/*/root", SettingKind.Path, null, "Where it keeps its state. Left out: oci/NAME in the state directory.") { Example = "crun" },
        new("runtimes/*/options", SettingKind.Text, "", "Further global options of it, such as --debug.") { IsList = true, Example = "crun" },
        new("runtimes/*/annotations", SettingKind.Text, "", "Annotations of pods and containers that reach it: names, or beginnings of them with a final *.") { IsList = true, Example = "crun" },
        new("images/concurrent_layers", SettingKind.Number, "4", "Layers of one pull that are fetched and unpacked at once.")
        {
            Minimum = 1,
            Maximum = 64,
        },
        new("images/connect_timeout", SettingKind.Duration, "15s", "How long connecting to a registry may take."),
        new("images/progress_timeout", SettingKind.Duration, "1m", "How long a registry may send nothing before it counts as dead."),
        new("images/pinned", SettingKind.Text, "", "Images the kubelet must not collect: references, or beginnings of them with a final *.") { IsList = true },
        new("registries/*/mirrors", SettingKind.Address, "", "Tried in this order before the registry itself.") { IsList = true },
        new("registries/*/plain_http", SettingKind.Flag, "false", "Speak HTTP without TLS. Loopback registries need no permission."),
        new("registries/*/skip_tls_verify", SettingKind.Flag, "false", "Accept any certificate. For test set-ups."),
        new("registries/*/certificate_authorities", SettingKind.Path, null, "PEM file of the authorities trusted instead of the system's."),
    ];
}
