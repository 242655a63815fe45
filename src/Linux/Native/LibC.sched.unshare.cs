using System.Runtime.InteropServices;

namespace Keelson.Linux.Native;

/// <summary>sched.h: calls that change the calling thread's namespaces</summary>
internal static partial class LibC
{
    internal const int CLONE_NEWNS = 0x00020000;
    internal const int CLONE_NEWNET = 0x40000000;

    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static partial int unshare(int flags);

    [LibraryImport(Libraries.LibC, SetLastError = true, EntryPoint = "setns")]
    internal static partial int setns_net(SafeFd fd, int nstype);
}
