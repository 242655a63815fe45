using Keelson.Linux.Native;

namespace Keelson.Linux;

/// <summary>Addresses of functions of the C library, for the one place that must call them without a P/Invoke transition.</summary>
public static class LibCFunctions
{
    /// <summary><c>long syscall(long number, ...)</c></summary>
    /// <exception cref="EntryPointNotFoundException">The C library has no such function.</exception>
    public static nint Syscall() => Find("syscall");

    /// <summary><c>int *__errno_location(void)</c></summary>
    /// <exception cref="EntryPointNotFoundException">The C library has no such function.</exception>
    public static nint ErrnoLocation() => Find("__errno_location");

    private static nint Find(string name)
    {
        nint address = LibC.dlsym(LibC.RTLD_DEFAULT, name);
        return address != 0 ? address : throw new EntryPointNotFoundException(name);
    }
}
