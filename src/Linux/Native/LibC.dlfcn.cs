using System.Runtime.InteropServices;

namespace Keelson.Linux.Native;

/// <summary>dlfcn.h</summary>
internal static partial class LibC
{
    internal const nint RTLD_DEFAULT = 0;

    [LibraryImport(Libraries.LibC, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint dlsym(nint handle, string symbol);
}
