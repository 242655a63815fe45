using Keelson.Linux.Native;
using Keelson.Oci.Spec;

namespace Keelson.Oci.Launch.Building;

/// <summary>Namespace kinds as clone flags and as words.</summary>
internal static class NamespaceNames
{
    private static readonly (ulong Flag, string Name)[] Kinds =
    [
        (Uapi.CLONE_NEWNS, NamespaceTypes.Mount),
        (Uapi.CLONE_NEWPID, NamespaceTypes.Pid),
        (Uapi.CLONE_NEWNET, NamespaceTypes.Network),
        (Uapi.CLONE_NEWIPC, NamespaceTypes.Ipc),
        (Uapi.CLONE_NEWUTS, NamespaceTypes.Uts),
        (Uapi.CLONE_NEWCGROUP, NamespaceTypes.Cgroup),
        (Uapi.CLONE_NEWUSER, NamespaceTypes.User),
        (Uapi.CLONE_NEWTIME, NamespaceTypes.Time),
    ];

    /// <summary>For step names: <c>new mount, pid namespaces</c>.</summary>
    internal static string Of(ulong flags)
    {
        string names = List(flags);
        return names.Length == 0 ? "no new namespaces" : $"new {names} namespaces";
    }

    /// <summary><c>mount, pid</c>.</summary>
    internal static string List(ulong flags) =>
        string.Join(", ", Array.ConvertAll(Array.FindAll(Kinds, kind => (flags & kind.Flag) != 0), kind => kind.Name));

    /// <summary>The flag of a runtime-spec namespace type; 0 when unknown.</summary>
    internal static ulong FlagOf(string type) => Array.Find(Kinds, kind => kind.Name == type).Flag;
}
