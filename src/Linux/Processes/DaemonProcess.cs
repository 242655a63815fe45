using System.Text;
using Keelson.Linux.Native;

namespace Keelson.Linux;

/// <summary>Starts a program that is to outlive its starter.</summary>
public static class DaemonProcess
{
    private const int InheritedNumber = 3;
    private const int ProgramNumber = 4;

    /// <summary>
    /// Starts <paramref name="program"/> in a session of its own, with stdin and stdout on /dev/null, stderr appended to
    /// <paramref name="errorLog"/>, <paramref name="inherited"/> as descriptor 3 and nothing else. SIGCHLD, SIGTERM, SIGINT
    /// and SIGHUP are blocked in it (the first for its signalfd; the others because what it supervises must not lose it to
    /// a signal meant for a whole group); every disposition is the default. Gives its pidfd, which the caller owns.
    /// </summary>
    /// <param name="program">Borrowed.</param>
    /// <param name="arguments">argv, its name first.</param>
    /// <param name="environment">Entries as NAME=value.</param>
    /// <param name="inherited">Borrowed.</param>
    /// <param name="errorLog">Created with mode 0600; a symbolic link is refused.</param>
    /// <param name="pid">Its process id.</param>
    /// <exception cref="LinuxException">It could not be started.</exception>
    public static unsafe SafeFd Start(
        ExecutableFile program, string[] arguments, string[] environment, SafeFd inherited, string errorLog, out int pid)
    {
        byte* actions = stackalloc byte[LibC.OpaqueSpawnObjectBytes];
        byte* attributes = stackalloc byte[LibC.OpaqueSpawnObjectBytes];
        LibC.posix_spawn_file_actions_init(actions);
        LibC.posix_spawnattr_init(attributes);
        int started = 0;
        int error;
        try
        {
            // SAFETY: glibc copies the path of an open action, and posix_spawn returns after the child's execve.
            string start = program.Clone is null ? program.Path : $"/proc/self/fd/{ProgramNumber}";
            fixed (byte* path = CString(start), clone = CString($"/proc/self/fd/{program.Clone?.Number}"), log = CString(errorLog), nothing = "/dev/null\0"u8)
            {
                LibC.posix_spawn_file_actions_adddup2(actions, inherited.Number, InheritedNumber);
                LibC.posix_spawn_file_actions_addopen(actions, 0, nothing, LibC.O_RDONLY, 0);
                LibC.posix_spawn_file_actions_addopen(actions, 1, nothing, LibC.O_WRONLY, 0);
                int logFlags = LibC.O_WRONLY | LibC.O_CREAT | LibC.O_APPEND | LibC.O_NOFOLLOW;
                LibC.posix_spawn_file_actions_addopen(actions, 2, log, logFlags, 0x180 /* 0600 */);
                if (program.Clone is not null)
                {
                    // The lowest number that is free by now, so open gives just that one and its O_CLOEXEC stays; a
                    // dup2 would clear it, and the program would keep a descriptor of its own file.
                    LibC.posix_spawn_file_actions_addclose(actions, ProgramNumber);
                    LibC.posix_spawn_file_actions_addopen(actions, ProgramNumber, clone, LibC.O_PATH | LibC.O_CLOEXEC, 0);
                }

                LibC.posix_spawn_file_actions_addclosefrom_np(actions, program.Clone is null ? InheritedNumber + 1 : ProgramNumber + 1);
                SetSignals(attributes);

                byte*[] argv = Vector(arguments);
                byte*[] envp = Vector(environment);
                try
                {
                    fixed (byte** argvStart = argv, envpStart = envp)
                    {
                        error = LibC.posix_spawn(&started, path, actions, attributes, argvStart, envpStart);
                    }
                }
                finally
                {
                    Free(argv);
                    Free(envp);
                }
            }
        }
        finally
        {
            LibC.posix_spawn_file_actions_destroy(actions);
            LibC.posix_spawnattr_destroy(attributes);
        }

        if (error != 0)
        {
            throw new LinuxException("posix_spawn", program.Path, (Errno)error);
        }

        // Nobody else reaps it, so the number cannot have been reused even if it has ended already.
        pid = started;
        return PidFd.TryOpen(started, out Errno openError) ?? throw new LinuxException("pidfd_open", program.Path, openError);
    }

    private static unsafe void SetSignals(byte* attributes)
    {
        LibC.sigset_t blocked = default;
        blocked.val[0] = Bit(LibC.SIGCHLD) | Bit(LibC.SIGTERM) | Bit(LibC.SIGINT) | Bit(LibC.SIGHUP);
        LibC.sigset_t all = default;
        all.val[0] = ulong.MaxValue & ~(Bit(LibC.SIGKILL) | Bit(LibC.SIGSTOP));
        LibC.posix_spawnattr_setsigmask(attributes, &blocked);
        LibC.posix_spawnattr_setsigdefault(attributes, &all);
        LibC.posix_spawnattr_setflags(
            attributes, LibC.POSIX_SPAWN_SETSID | LibC.POSIX_SPAWN_SETSIGMASK | LibC.POSIX_SPAWN_SETSIGDEF);
    }

    private static ulong Bit(int signal) => 1UL << (signal - 1);

    private static byte[] CString(string text) => Encoding.UTF8.GetBytes(text + "\0");

    private static unsafe byte*[] Vector(string[] strings)
    {
        var vector = new byte*[strings.Length + 1];
        for (int i = 0; i < strings.Length; i++)
        {
            vector[i] = (byte*)System.Runtime.InteropServices.Marshal.StringToCoTaskMemUTF8(strings[i]);
        }

        return vector;
    }

    private static unsafe void Free(byte*[] vector)
    {
        foreach (byte* text in vector)
        {
            System.Runtime.InteropServices.Marshal.FreeCoTaskMem((nint)text);
        }
    }
}
