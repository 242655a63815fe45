using System.Runtime.InteropServices;

namespace Keelson.Linux.Native;

/// <summary>stdio.h</summary>
internal static partial class LibC
{
    [LibraryImport(Libraries.LibC, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int rename(string oldpath, string newpath);
}
