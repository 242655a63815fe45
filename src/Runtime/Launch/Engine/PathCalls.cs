using Keelson.Linux.Native;

namespace Keelson.Oci.Launch.Engine;

/// <summary>What <see cref="LaunchOp.MakePath"/> calls: numbers of the machine the plan was compiled for, and how to open.</summary>
internal struct PathCalls
{
    /// <summary>Each of the three texts of a walk: a link's longest, and what may follow it.</summary>
    internal const long RoomBytes = 8192;

    internal const long RoomsBytes = 3 * RoomBytes;

    /// <summary>Of directories on the way: 0755.</summary>
    internal const long DirectoryMode = 0x1ed;

    internal const long HowBytes = 24;

    internal long OpenAt2;
    internal long ReadLinkAt;
    internal long MkDirAt;
    internal long MkNodAt;
    internal long Close;

    /// <summary>For a name and for a path without links: neither links nor the way out of the directory it starts from.</summary>
    internal Uapi.open_how How;
}
