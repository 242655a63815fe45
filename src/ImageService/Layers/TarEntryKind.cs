namespace Keelson.Images.Layers;

/// <summary>The types of archive entry that become something on disk.</summary>
internal enum TarEntryKind
{
    File,
    HardLink,
    SymbolicLink,
    CharacterDevice,
    BlockDevice,
    Directory,
    Fifo,
}
