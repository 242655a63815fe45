using System.Runtime.InteropServices;

namespace Keelson.Linux.Native;

/// <summary>spawn.h</summary>
/// <remarks>posix_spawnattr_t (336 bytes) and posix_spawn_file_actions_t (80) are opaque: callers pass 512 zeroed bytes for either.</remarks>
internal static partial class LibC
{
    internal const int OpaqueSpawnObjectBytes = 512;

    internal const short POSIX_SPAWN_SETPGROUP = 0x02;
    internal const short POSIX_SPAWN_SETSIGDEF = 0x04;
    internal const short POSIX_SPAWN_SETSIGMASK = 0x08;
    internal const short POSIX_SPAWN_SETSID = 0x80;

    [LibraryImport(Libraries.LibC)]
    internal static unsafe partial int posix_spawn(int* pid, byte* path, void* file_actions, void* attrp, byte** argv, byte** envp);

    [LibraryImport(Libraries.LibC)]
    internal static unsafe partial int posix_spawnattr_init(void* attr);

    [LibraryImport(Libraries.LibC)]
    internal static unsafe partial int posix_spawnattr_destroy(void* attr);

    [LibraryImport(Libraries.LibC)]
    internal static unsafe partial int posix_spawnattr_setflags(void* attr, short flags);

    [LibraryImport(Libraries.LibC)]
    internal static unsafe partial int posix_spawnattr_setpgroup(void* attr, int pgroup);

    [LibraryImport(Libraries.LibC)]
    internal static unsafe partial int posix_spawnattr_setsigmask(void* attr, sigset_t* sigmask);

    [LibraryImport(Libraries.LibC)]
    internal static unsafe partial int posix_spawnattr_setsigdefault(void* attr, sigset_t* sigdefault);

    [LibraryImport(Libraries.LibC)]
    internal static unsafe partial int posix_spawn_file_actions_init(void* file_actions);

    [LibraryImport(Libraries.LibC)]
    internal static unsafe partial int posix_spawn_file_actions_destroy(void* file_actions);

    [LibraryImport(Libraries.LibC)]
    internal static unsafe partial int posix_spawn_file_actions_adddup2(void* file_actions, int fildes, int newfildes);

    [LibraryImport(Libraries.LibC)]
    internal static unsafe partial int posix_spawn_file_actions_addopen(void* file_actions, int fildes, byte* path, int oflag, uint mode);

    [LibraryImport(Libraries.LibC)]
    internal static unsafe partial int posix_spawn_file_actions_addclose(void* file_actions, int fildes);

    [LibraryImport(Libraries.LibC)]
    internal static unsafe partial int posix_spawn_file_actions_addclosefrom_np(void* file_actions, int from);
}
