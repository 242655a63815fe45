using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using Keelson.Core;
using Keelson.Linux;
using Keelson.Linux.Native;
using Keelson.Oci.Launch.Building;
using Keelson.Oci.Launch.Engine;
using Keelson.Oci.Spec;

namespace Keelson.Oci.Launch.Compile;

/// <summary>Which namespaces the process lives in.</summary>
internal static class NamespaceStage
{
    // The mount namespace comes later, when everything of the host has been picked up (RootStage).
    private const ulong NotByUnshare = Uapi.CLONE_NEWNS | Uapi.CLONE_NEWPID;

    /// <summary>Namespaces of a container: taken from the target, opened by path, or new.</summary>
    internal static void EnterForContainer(PlanBuilder plan, LinuxSpec linux, ImmutableArray<string> joinTarget)
    {
        ulong joined = 0;
        foreach (string type in joinTarget)
        {
            joined |= FlagOf(type);
        }

        ulong fresh = Uapi.CLONE_NEWNS;
        List<(ulong Flag, string Path)> paths = [];
        foreach (NamespaceSpec entry in linux.Namespaces)
        {
            ulong flag = FlagOf(entry.Type);
            if ((joined & flag) != 0)
            {
                continue;
            }

            if (string.IsNullOrEmpty(entry.Path))
            {
                fresh |= flag;
            }
            else
            {
                paths.Add((flag, entry.Path));
            }
        }

        Refuse(joined | fresh | paths.Aggregate(0UL, (flags, entry) => flags | entry.Flag), paths);
        plan.CloneFlags = fresh & Uapi.CLONE_NEWPID;
        plan.BornInTargetPidNamespace = (joined & Uapi.CLONE_NEWPID) != 0;
        JoinTarget(plan, joined & ~NotByUnshare);
        foreach ((ulong flag, string path) in paths)
        {
            JoinPath(plan, flag, path);
        }

        // A cgroup namespace is rooted where its maker is: after joining the groups, never by a clone flag.
        Unshare(plan, fresh & ~NotByUnshare);
    }

    /// <summary>Namespaces of a pause: the pod's.</summary>
    internal static void EnterForPause(PlanBuilder plan, PauseLaunchContext context)
    {
        plan.CloneFlags = context.NewPidNamespace ? Uapi.CLONE_NEWPID : 0;
        ulong fresh = (context.HostIpc ? 0 : Uapi.CLONE_NEWIPC) | (context.HostUts ? 0 : Uapi.CLONE_NEWUTS);
        if (context.NetworkNamespace is HostPath network)
        {
            JoinPath(plan, Uapi.CLONE_NEWNET, network.Value);
        }
        else if (!context.HostNetwork)
        {
            fresh |= Uapi.CLONE_NEWNET;
        }

        Unshare(plan, fresh);
        if ((fresh & Uapi.CLONE_NEWNET) != 0)
        {
            RaiseLoopback(plan);
        }

        if (!context.HostUts && !string.IsNullOrEmpty(context.Hostname))
        {
            SetHostname(plan, context.Hostname);
        }
    }

    /// <summary>Namespaces of the container that are not the host's.</summary>
    internal static ulong OwnOrShared(LinuxSpec linux, ImmutableArray<string> joinTarget) =>
        linux.Namespaces.Select(entry => entry.Type).Concat(joinTarget).Aggregate(0UL, (flags, type) => flags | FlagOf(type));

    /// <summary>Namespaces of the pause that are not the host's.</summary>
    internal static ulong OfPause(PauseLaunchContext context) =>
        (context.HostNetwork ? 0 : Uapi.CLONE_NEWNET) | (context.HostIpc ? 0 : Uapi.CLONE_NEWIPC) | (context.HostUts ? 0 : Uapi.CLONE_NEWUTS);

    /// <summary>Names a UTS namespace of the container's own; a joined one has its name.</summary>
    internal static void SetHostname(PlanBuilder plan, RuntimeSpec spec, ImmutableArray<string> joinTarget)
    {
        bool own = !joinTarget.Contains(NamespaceTypes.Uts)
            && (spec.Linux?.Namespaces.Any(entry => entry.Type == NamespaceTypes.Uts && string.IsNullOrEmpty(entry.Path)) ?? false);
        if (own && !string.IsNullOrEmpty(spec.Hostname))
        {
            SetHostname(plan, spec.Hostname);
        }

        if (own && !string.IsNullOrEmpty(spec.Domainname))
        {
            plan.Add($"setdomainname '{spec.Domainname}'", "setdomainname", plan.Text(spec.Domainname), Encoding.UTF8.GetByteCount(spec.Domainname));
        }
    }

    private static void SetHostname(PlanBuilder plan, string hostname) =>
        plan.Add($"sethostname '{hostname}'", "sethostname", plan.Text(hostname), Encoding.UTF8.GetByteCount(hostname));

    private static void JoinTarget(PlanBuilder plan, ulong flags)
    {
        if (flags != 0)
        {
            plan.Add($"setns to the {NamespaceNames.List(flags)} namespaces of the sandbox", "setns", new PlanSlot(PlanSlots.Target), (long)flags);
        }
    }

    private static void JoinPath(PlanBuilder plan, ulong flag, string path)
    {
        PlanSlot ns = plan.OpenHost(path, LibC.O_RDONLY);
        plan.Add($"setns to the {NamespaceNames.List(flag)} namespace '{path}'", "setns", ns, (long)flag);
        plan.Add($"close '{path}'", "close", ns);
    }

    private static void Unshare(PlanBuilder plan, ulong flags)
    {
        if (flags != 0)
        {
            plan.Add($"unshare {NamespaceNames.List(flags)}", "unshare", (long)flags);
        }
    }

    private static void RaiseLoopback(PlanBuilder plan)
    {
        PlanSlot socket = plan.NewSlot();
        plan.Add("socket to raise lo", "socket", Uapi.AF_INET, Uapi.SOCK_DGRAM | Uapi.SOCK_CLOEXEC, 0).Into(socket);
        Uapi.ifreq request = new() { ifr_name_start = MemoryMarshal.Read<ushort>("lo"u8), ifr_flags = Uapi.IFF_UP };
        plan.Add("ioctl SIOCSIFFLAGS lo up", "ioctl", socket, Uapi.SIOCSIFFLAGS, plan.Struct(request));
        plan.Add("close socket", "close", socket);
    }

    private static void Refuse(ulong flags, List<(ulong Flag, string Path)> paths)
    {
        if ((flags & (Uapi.CLONE_NEWUSER | Uapi.CLONE_NEWTIME)) != 0)
        {
            throw new KeelsonException(ErrorKind.Unimplemented, "user and time namespaces are not supported by the built-in launcher yet");
        }

        if (paths.Exists(entry => (entry.Flag & NotByUnshare) != 0))
        {
            throw new KeelsonException(ErrorKind.Unimplemented, "mount and pid namespaces are joined from the target process, not by path");
        }
    }

    private static ulong FlagOf(string type)
    {
        ulong flag = NamespaceNames.FlagOf(type);
        return flag != 0 ? flag : throw new KeelsonException(ErrorKind.InvalidArgument, $"namespace type '{type}': unknown");
    }
}
