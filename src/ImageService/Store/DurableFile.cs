using Keelson.Core;

namespace Keelson.Images.Store;

/// <summary>Files of our own below the 0700 root: replaced whole or not at all, and on disk before the call returns.</summary>
internal static class DurableFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Writes a temporary file, syncs it, and renames it into place.</summary>
    internal static async Task WriteAsync(HostPath path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        string temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            var options = new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = OwnerOnly,
                Options = FileOptions.Asynchronous,
            };
            await using (var file = new FileStream(temporary, options))
            {
                await file.WriteAsync(content, cancellationToken);
                await Task.Run(() => file.Flush(flushToDisk: true), cancellationToken);
            }

            File.Move(temporary, path.Value, overwrite: true);
        }
        catch (Exception)
        {
            File.Delete(temporary);
            throw;
        }
    }
}
