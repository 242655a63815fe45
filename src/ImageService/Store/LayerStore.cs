using System.Text;
using System.Text.Json;
using Keelson.Core;
using Keelson.Images.Layers;
using Keelson.Linux;
using Microsoft.Extensions.Logging;

namespace Keelson.Images.Store;

/// <summary>
/// Unpacked layers by chain ID. A layer appears whole, by rename, or not at all; it disappears only when no image,
/// no pull and no container stands on it.
/// </summary>
internal sealed partial class LayerStore
{
    private const string TemporaryPrefix = ".tmp-";
    private const string LayerFileName = "layer.json";

    // Over all pulls: each layer under way holds some megabytes of buffers and two threads.
    private const int MostUnpacking = 16;

    // overlayfs takes the mode of the merged root from the topmost layer: a container's "/" must be traversable.
    private const uint LayerFileMode = 0x180; // 0600

    private const UnixFileMode TreeMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private readonly StoreLayout _layout;
    private readonly LayerUnpacker _unpacker;
    private readonly ILogger _log;
    private readonly SharedWork<Digest, LayerFile> _unpacking = new();
    private readonly SemaphoreSlim _unpackSlots = new(MostUnpacking, MostUnpacking);

    // Held while layers are fitted to each other: disk work, on a thread that may wait. Taken before _gate.
    private readonly Lock _joining = new();

    // Guards the three tables below; nothing is awaited and no file is touched under it.
    private readonly Lock _gate = new();
    private readonly Dictionary<Digest, LayerFile> _layers = [];
    private readonly Dictionary<Digest, int> _pins = [];
    private readonly Dictionary<Digest, Task> _deletions = [];

    internal LayerStore(StoreLayout layout, LayerUnpacker unpacker, ILogger log)
    {
        _layout = layout;
        _unpacker = unpacker;
        _log = log;
    }

    /// <summary>Bytes and inodes of all layers.</summary>
    internal (long Bytes, long Inodes) Usage()
    {
        lock (_gate)
        {
            long bytes = 0;
            long inodes = 0;
            foreach (LayerFile layer in _layers.Values)
            {
                bytes += layer.Bytes;
                inodes += layer.Inodes;
            }

            return (bytes, inodes);
        }
    }

    /// <summary>The layer, or null when it is not here.</summary>
    internal LayerFile? Find(Digest chainId)
    {
        lock (_gate)
        {
            return _layers.GetValueOrDefault(chainId);
        }
    }

    /// <summary>Keeps layers, here or yet to come, from being collected until the result is disposed.</summary>
    internal LayerPins Pin(IReadOnlyList<Digest> chainIds)
    {
        lock (_gate)
        {
            foreach (Digest chainId in chainIds)
            {
                _pins[chainId] = _pins.GetValueOrDefault(chainId) + 1;
            }
        }

        return new LayerPins(() => Unpin(chainIds));
    }

    /// <summary>Reads the layers on disk, and removes what a crash left half done.</summary>
    internal void Load()
    {
        foreach (string path in Directory.EnumerateDirectories(_layout.Layers.Value))
        {
            HostPath directory = HostPath.Parse(path);
            if (directory.Name.StartsWith(TemporaryPrefix, StringComparison.Ordinal))
            {
                DeleteInBackground(directory);
            }
            else if (Read(directory) is { } layer && Digest.TryParse("sha256:" + directory.Name, out Digest chainId))
            {
                _layers[chainId] = layer;
            }
            else
            {
                // Without its description it cannot be trusted to be whole; a pull makes it anew.
                LogBrokenLayer(directory.Value);
                DeleteInBackground(MoveAside(directory));
            }
        }
    }

    /// <summary>
    /// Makes sure that a layer is here. Preconditions: the caller has pinned <paramref name="chainId"/>.
    /// </summary>
    /// <param name="chainId">What it will be known by.</param>
    /// <param name="source">What it is made of.</param>
    /// <param name="open">Opens the compressed stream.</param>
    /// <param name="progress">Receives the number of compressed bytes read so far.</param>
    /// <param name="cancellationToken">Ends this caller's waiting.</param>
    internal async Task<LayerFile> EnsureAsync(
        Digest chainId, LayerSource source, Func<CancellationToken, Task<Stream>> open,
        IProgress<long> progress, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task? deletion;
            lock (_gate)
            {
                if (_layers.TryGetValue(chainId, out LayerFile? present))
                {
                    return present;
                }

                _deletions.TryGetValue(chainId, out deletion);
            }

            if (deletion is not null)
            {
                await deletion.WaitAsync(cancellationToken);
                continue;
            }

            bool isOwn = false;
            try
            {
                return await _unpacking.RunAsync(
                    chainId,
                    token =>
                    {
                        isOwn = true;
                        return UnpackAsync(chainId, source, open, progress, token);
                    },
                    cancellationToken);
            }
            catch (Exception) when (!isOwn && !cancellationToken.IsCancellationRequested)
            {
                // The work was another pull's, which has its own registry, credentials and life. This one tries for itself.
            }
        }
    }

    /// <summary>
    /// Fits layers that were unpacked apart to those below them. Preconditions: all are here, and pinned by the caller.
    /// </summary>
    /// <param name="chainIds">The lowest first.</param>
    internal void Join(IReadOnlyList<Digest> chainIds)
    {
        // Two pulls may share layers; the second finds everything fitted.
        lock (_joining)
        {
            for (int i = 1; i < chainIds.Count; i++)
            {
                string[] implied = Find(chainIds[i])?.ImpliedDirectories ?? [];
                if (implied.Length > 0)
                {
                    var below = new List<HostPath>(i);
                    for (int j = i - 1; j >= 0; j--)
                    {
                        below.Add(_layout.LayerTree(chainIds[j]));
                    }

                    LayerJoin.Run(_layout.LayerTree(chainIds[i]), below, implied.Select(Encoding.Latin1.GetBytes));
                }
            }
        }
    }

    /// <summary>Deletes the layers that nobody stands on; returns when they have left the tables.</summary>
    /// <param name="isReferenced">
    /// Whether an image or a container stands on a layer. Asked under the gate, after the pins: an image or container
    /// that was published before its pin went is seen.
    /// </param>
    internal void Collect(Func<Func<Digest, bool>> isReferenced)
    {
        lock (_gate)
        {
            List<Digest> free = [.. _layers.Keys];
            free.RemoveAll(_pins.ContainsKey);
            if (free.Count == 0)
            {
                return;
            }

            Func<Digest, bool> referenced = isReferenced();
            free.RemoveAll(chainId => referenced(chainId));
            foreach (Digest chainId in free)
            {
                _layers.Remove(chainId);
                _deletions[chainId] = Task.Run(() => Delete(chainId));
            }
        }
    }

    private async Task<LayerFile> UnpackAsync(
        Digest chainId, LayerSource source, Func<CancellationToken, Task<Stream>> open,
        IProgress<long> progress, CancellationToken cancellationToken)
    {
        if (Find(chainId) is { } present)
        {
            return present;
        }

        await _unpackSlots.WaitAsync(cancellationToken);
        HostPath temporary = _layout.Layers.Child(TemporaryPrefix + Guid.NewGuid().ToString("N"));
        try
        {
            StoreLayout.MakePrivate(temporary);
            HostPath tree = temporary.Child("fs");
            OwnDirectory.Make(tree, TreeMode);

            await using Stream compressed = await open(cancellationToken);
            UnpackedLayer unpacked = await _unpacker.UnpackAsync(compressed, source, tree, progress, cancellationToken);

            var layer = new LayerFile(LayerFile.CurrentVersion, source.DiffId.Value, unpacked.Bytes, unpacked.Inodes, [.. unpacked.ImpliedDirectories]);
            byte[] json = JsonSerializer.SerializeToUtf8Bytes(layer, StoreJson.Default.LayerFile);
            WholeFile.Replace(temporary.Child(LayerFileName).Value, json, LayerFileMode);

            Directory.Move(temporary.Value, _layout.LayerDirectory(chainId).Value);
            lock (_gate)
            {
                _layers[chainId] = layer;
            }

            return layer;
        }
        catch (Exception)
        {
            DeleteInBackground(temporary);
            throw;
        }
        finally
        {
            _unpackSlots.Release();
        }
    }

    private void Unpin(IReadOnlyList<Digest> chainIds)
    {
        lock (_gate)
        {
            foreach (Digest chainId in chainIds)
            {
                int left = _pins[chainId] - 1;
                if (left == 0)
                {
                    _pins.Remove(chainId);
                }
                else
                {
                    _pins[chainId] = left;
                }
            }
        }
    }

    /// <summary>The name is free again once the directory is renamed; its content goes in the background.</summary>
    private void Delete(Digest chainId)
    {
        try
        {
            DeleteInBackground(MoveAside(_layout.LayerDirectory(chainId)));
        }
        catch (IOException e)
        {
            LogDeletionFailed(_layout.LayerDirectory(chainId).Value, e.Message);
        }
        finally
        {
            lock (_gate)
            {
                _deletions.Remove(chainId);
            }
        }
    }

    private HostPath MoveAside(HostPath directory)
    {
        HostPath aside = _layout.Layers.Child(TemporaryPrefix + Guid.NewGuid().ToString("N"));
        Directory.Move(directory.Value, aside.Value);
        return aside;
    }

    private void DeleteInBackground(HostPath directory) => _ = Task.Factory.StartNew(
        () =>
        {
            try
            {
                DirectoryTree.Delete(directory);
            }
            catch (KeelsonException e)
            {
                // The next start tries again.
                LogDeletionFailed(directory.Value, e.Message);
            }
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    private static LayerFile? Read(HostPath directory)
    {
        try
        {
            byte[] json = File.ReadAllBytes(directory.Child(LayerFileName).Value);
            LayerFile? layer = JsonSerializer.Deserialize(json, StoreJson.Default.LayerFile);
            return layer is { Version: LayerFile.CurrentVersion } ? layer : null;
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return null;
        }
    }
}
