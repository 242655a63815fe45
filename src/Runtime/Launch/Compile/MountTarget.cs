using Keelson.Linux;
using Keelson.Linux.Native;
using Keelson.Oci.Launch.Building;

namespace Keelson.Oci.Launch.Compile;

/// <summary>
/// Finds, or makes, the place of a mount inside the root. The walk is the kernel's (openat2 with RESOLVE_IN_ROOT), the
/// descriptor it gives is what is mounted on: a link swapped in between changes nothing (CVE-2021-30465).
/// </summary>
internal static class MountTarget
{
    private const int DirectoryMode = 0x1ed; // 0755
    private const int FileMode = 0x81a4; // S_IFREG | 0644

    /// <summary>Opens <paramref name="path"/>, made as a directory or an empty file where it is missing.</summary>
    internal static PlanSlot Open(PlanBuilder plan, PlanSlot root, string path, bool directory, ulong extraResolve)
    {
        PlanSlot target = plan.NewSlot();
        PlanLabel missing = new();
        PlanLabel found = new();
        plan.OpenInRoot($"open target '/{path}'", root, path, Uapi.O_PATH, extraResolve).Into(target).Tolerating(missing, Errno.ENOENT).Then(found);
        plan.Mark(missing);
        Make(plan, root, path, directory);
        plan.OpenInRoot($"open target '/{path}' just made", root, path, Uapi.O_PATH, extraResolve).Into(target);
        plan.Mark(found);
        return target;
    }

    /// <summary>Makes what is missing of a path. The process is inside the root: links lead nowhere else (CVE-2024-45310).</summary>
    internal static void Make(PlanBuilder plan, PlanSlot root, string path, bool directory)
    {
        for (int slash = path.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = path.IndexOf('/', slash + 1))
        {
            MakeDirectory(plan, root, path[..slash]);
        }

        if (directory)
        {
            MakeDirectory(plan, root, path);
        }
        else
        {
            plan.Add($"create '/{path}'", "mknodat", root, plan.Text(path), FileMode, 0).Tolerating(Errno.EEXIST);
        }
    }

    // EROFS: the kernel may say so before it finds that the directory exists (a read-only volume above it).
    private static void MakeDirectory(PlanBuilder plan, PlanSlot root, string path) =>
        plan.Add($"mkdir '/{path}'", "mkdirat", root, plan.Text(path), DirectoryMode).Tolerating(Errno.EEXIST, Errno.EROFS);
}
