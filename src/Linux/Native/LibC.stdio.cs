using System.Runtime.InteropServices;

namespace Keelson.Linux.Native;

/// <summary>stdio.h</summary>
internal static partial class LibC
{
    [LibraryImport(Libraries.LibC, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int rename(string oldpath, string newpath);

    internal const uint RENAME_NOREPLACE = 1;
    internal const uint RENAME_EXCHANGE = 2;

    [LibraryImport(Libraries.LibC, SetLastError = true)]
    internal static unsafe partial int renameat2(SafeFd olddirfd, byte* oldpath, SafeFd newdirfd, byte* newpath, uint flags);
}
