using Keelson.Linux;

namespace Keelson.Runtime.Tests;

/// <summary>Reasons not to run.</summary>
internal static class RootOnly
{
    internal static void Require() => Skip.IfNot(ProcessAttributes.EffectiveUserId == 0, "needs root: namespaces, mounts and cgroups");

    internal static string RequireBusybox()
    {
        Skip.IfNot(File.Exists("/bin/busybox"), "needs the package busybox-static");
        return "/bin/busybox";
    }
}
