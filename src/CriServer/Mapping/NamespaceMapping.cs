using System.Collections.Immutable;
using Keelson.Sandboxes;

namespace Keelson.CriServer.Mapping;

/// <summary>Namespace sharing, both ways, with the modes that each namespace can have.</summary>
internal static class NamespaceMapping
{
    internal static NamespaceOptions ToDomain(Cri.NamespaceOption? options)
    {
        if (options is null)
        {
            return new NamespaceOptions();
        }

        CheckMode("network", options.Network, Cri.NamespaceMode.Pod, Cri.NamespaceMode.Node);
        CheckMode("ipc", options.Ipc, Cri.NamespaceMode.Pod, Cri.NamespaceMode.Node);
        CheckMode("pid", options.Pid, Cri.NamespaceMode.Pod, Cri.NamespaceMode.Container, Cri.NamespaceMode.Node, Cri.NamespaceMode.Target);
        Invalid.Unless(
            options.Pid == Cri.NamespaceMode.Target == options.TargetId.Length > 0,
            "namespace_options: target_id goes together with pid mode TARGET");
        return new NamespaceOptions
        {
            Network = (NamespaceMode)options.Network,
            Pid = (NamespaceMode)options.Pid,
            Ipc = (NamespaceMode)options.Ipc,
            TargetId = options.TargetId,
            UserNamespace = UserNamespace(options.UsernsOptions),
        };
    }

    internal static Cri.NamespaceOption ToCri(NamespaceOptions options)
    {
        var message = new Cri.NamespaceOption
        {
            Network = (Cri.NamespaceMode)options.Network,
            Pid = (Cri.NamespaceMode)options.Pid,
            Ipc = (Cri.NamespaceMode)options.Ipc,
            TargetId = options.TargetId,
        };
        if (options.UserNamespace is { } userns)
        {
            message.UsernsOptions = new Cri.UserNamespace { Mode = (Cri.NamespaceMode)userns.Mode };
            message.UsernsOptions.Uids.Add(userns.Uids.Select(ToCri));
            message.UsernsOptions.Gids.Add(userns.Gids.Select(ToCri));
        }

        return message;
    }

    internal static ImmutableArray<IdMapping> ToDomain(IEnumerable<Cri.IDMapping> mappings) =>
        [.. mappings.Select(m => new IdMapping(m.HostId, m.ContainerId, m.Length))];

    internal static Cri.IDMapping ToCri(IdMapping mapping) =>
        new() { HostId = mapping.HostId, ContainerId = mapping.ContainerId, Length = mapping.Length };

    private static UserNamespaceOptions? UserNamespace(Cri.UserNamespace? userns)
    {
        if (userns is null)
        {
            return null;
        }

        CheckMode("userns_options", userns.Mode, Cri.NamespaceMode.Pod, Cri.NamespaceMode.Node);
        bool mapped = userns.Uids.Count > 0 || userns.Gids.Count > 0;
        if (userns.Mode == Cri.NamespaceMode.Node)
        {
            Invalid.Unless(!mapped, "userns_options: mode NODE has no id mappings");
        }
        else
        {
            // One mapping each, the same for users and groups: what the kubelet sends, and what containers can share.
            Invalid.Unless(
                userns.Uids.Count == 1 && userns.Gids.Count == 1 && userns.Uids[0].Equals(userns.Gids[0]),
                "userns_options: mode POD needs one uid mapping and an equal gid mapping");
            Invalid.Unless(userns.Uids[0].Length > 0, "userns_options: the mapping is empty");
        }

        return new UserNamespaceOptions
        {
            Mode = (NamespaceMode)userns.Mode,
            Uids = ToDomain(userns.Uids),
            Gids = ToDomain(userns.Gids),
        };
    }

    private static void CheckMode(string what, Cri.NamespaceMode mode, params Cri.NamespaceMode[] possible) =>
        Invalid.Unless(possible.Contains(mode), $"namespace_options: {what} can not have mode {mode.ToString().ToUpperInvariant()}");
}
