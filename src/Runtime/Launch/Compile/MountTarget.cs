using Keelson.Linux;
using Keelson.Linux.Native;
using Keelson.Oci.Launch.Building;

namespace Keelson.Oci.Launch.Compile;

/// <summary>
/// Finds, or makes, the place of a mount inside the root. What is mounted on is a descriptor: a link swapped in between
/// changes nothing (CVE-2021-30465).
/// </summary>
internal static class MountTarget
{
    private const int FileMode = 0x81a4; // S_IFREG | 0644

    // As many as the kernel follows.
    private const int MaxLinks = 40;

    /// <summary>
    /// Opens <paramref name="path"/>, made as a directory or an empty file where it is missing. The walk is the kernel's
    /// (openat2 with RESOLVE_IN_ROOT) while all of it is there. What a link in the image points at and is not there is
    /// made, as other runtimes do: /etc/resolv.conf may lead into a /run that is empty in an image. The walk that makes
    /// it keeps to the root by itself and opens nothing through a link (CVE-2024-45310, CVE-2019-18837).
    /// </summary>
    internal static PlanSlot Open(PlanBuilder plan, PlanSlot root, string path, bool directory, ulong extraResolve)
    {
        PlanSlot target = plan.NewSlot();
        PlanLabel found = new();
        int links = (extraResolve & Uapi.RESOLVE_NO_SYMLINKS) != 0 ? 0 : MaxLinks;
        plan.OpenInRoot($"open target '/{path}'", root, path, Uapi.O_PATH, extraResolve).Into(target).Tolerating(Errno.ENOENT).Then(found);
        plan.AddMakePath($"make target '/{path}'", root, path, directory ? 0 : FileMode, links).Into(target);
        plan.Mark(found);
        return target;
    }
}
