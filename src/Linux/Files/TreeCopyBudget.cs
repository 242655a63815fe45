using Keelson.Core;

namespace Keelson.Linux;

/// <summary>What copies may take of this machine together: who wrote the tree is a stranger, and it may be copied more than once.</summary>
/// <param name="entries">Files, directories and everything else.</param>
/// <param name="bytes">Content of regular files.</param>
public sealed class TreeCopyBudget(long entries, long bytes)
{
    private long _entries;
    private long _bytes;

    /// <summary>Takes one entry with <paramref name="size"/> bytes of content.</summary>
    /// <exception cref="KeelsonException">ResourceExhausted.</exception>
    internal void Take(long size)
    {
        if (++_entries > entries)
        {
            throw new KeelsonException(ErrorKind.ResourceExhausted, $"the copy has more than {entries} files and directories");
        }

        _bytes += size;
        if (_bytes > bytes)
        {
            throw new KeelsonException(ErrorKind.ResourceExhausted, $"the copy has more than {bytes} bytes");
        }
    }
}
