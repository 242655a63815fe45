using System.IO.Compression;
using System.Runtime.ExceptionServices;
using Keelson.Core;
using Keelson.Linux;

namespace Keelson.Images.Layers;

/// <summary>Turns a layer's blob, as it arrives, into a directory that overlayfs can use as a lower layer.</summary>
/// <remarks>
/// Three stages run at once, so that the slowest of network, inflate and disk sets the pace:
/// <code>
///   pump (task)            inflate (thread)             write (thread)
///   read the stream   ──►  decompress             ──►   read the tar, make files
///   size, digest           total size, diffID           directory times at the end
/// </code>
/// The queues between are bounded, so a slow disk slows the download instead of filling memory. The two stages that
/// block have threads of their own: the thread pool must stay free for the sockets. Whatever fails first cancels the
/// others and is what the caller gets.
/// </remarks>
internal sealed class LayerUnpacker(LayerLimits limits)
{
    private const int CompressedChunkBytes = 128 * 1024;
    private const int CompressedQueueChunks = 32;
    private const int TarChunkBytes = 256 * 1024;
    private const int TarQueueChunks = 16;

    // A layer of a few files needs no chunks of the full size.
    private const int SmallestChunkBytes = 16 * 1024;
    private const int UsualRatio = 4;

    /// <summary>
    /// Reads <paramref name="compressed"/> to its end, verifying size, digest and diffID on the way, and unpacks into
    /// <paramref name="target"/>, an existing empty directory. Nothing outside it is touched, whatever the layer says.
    /// </summary>
    /// <param name="compressed">The blob. Borrowed.</param>
    /// <param name="layer">What it must be.</param>
    /// <param name="target">On failure the caller deletes it: it then holds a part of something unverified.</param>
    /// <param name="compressedBytesRead">Told the total so far.</param>
    /// <param name="cancellationToken">Stops between two system calls.</param>
    /// <exception cref="KeelsonException">
    /// FailedPrecondition: no usable layer, or not the bytes the manifest names. ResourceExhausted: beyond the
    /// limits, or the disk is full.
    /// </exception>
    public async Task<UnpackedLayer> UnpackAsync(
        Stream compressed, LayerSource layer, HostPath target, IProgress<long>? compressedBytesRead, CancellationToken cancellationToken)
    {
        using var run = new Run(layer.Size, cancellationToken);
        UnpackedLayer? result = null;
        Task pump = run.GuardAsync(() => PumpAsync(compressed, layer, run, compressedBytesRead));
        Task inflate = run.OnThreadAsync(() => Inflate(layer, run));
        Task write = run.OnThreadAsync(() => result = Write(target, run));
        await Task.WhenAll(pump, inflate, write);
        if (run.Failure is null)
        {
            return result!;
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (run.Failure.SourceException is KeelsonException e)
        {
            throw new KeelsonException(e.Kind, $"unpack layer {layer.Digest}: {e.Message}", e);
        }

        run.Failure.Throw();
        return null;
    }

    private static async Task PumpAsync(Stream compressed, LayerSource layer, Run run, IProgress<long>? progress)
    {
        using var digest = new DigestCheck(layer.Digest);
        long total = 0;
        while (true)
        {
            byte[] buffer = run.CompressedChunks.Rent();

            // Whole chunks rather than what one packet held: the first must show the magic number.
            int count = await compressed.ReadAtLeastAsync(buffer, buffer.Length / 4, throwOnEndOfStream: false, run.Token);
            var chunk = new Chunk(buffer, count, run.CompressedChunks);
            if (count == 0)
            {
                chunk.Return();
                break;
            }

            total += count;
            if (total > layer.Size)
            {
                chunk.Return();
                throw LayerErrors.Corrupt($"the blob is longer than the {layer.Size} bytes of the manifest");
            }

            digest.Append(chunk.Span);
            await run.Compressed.PutAsync(chunk, run.Token);
            progress?.Report(total);
        }

        if (total != layer.Size)
        {
            throw LayerErrors.Corrupt($"the blob ended after {total} of {layer.Size} bytes");
        }

        if (!digest.Matches(out string actual))
        {
            throw LayerErrors.Corrupt($"the blob has digest {actual}");
        }

        // Only now may the decoder see the end: a short blob is reported as such, not as damaged gzip.
        run.Compressed.Complete();
    }

    private void Inflate(LayerSource layer, Run run)
    {
        using var reader = new ChunkReader(run.Compressed, run.Token);
        using var raw = new ChunkStream(reader);
        using Stream tar = Decoder(LayerMediaType.Identify(layer.MediaType, reader.Peek()), raw);
        using var diffId = new DigestCheck(layer.DiffId);
        try
        {
            Decode(tar, diffId, run);
        }
        catch (InvalidDataException e)
        {
            // If the pump finds another digest in the rest, that says more: the transfer is to blame, not the image.
            reader.Drain();
            throw new KeelsonException(ErrorKind.FailedPrecondition, $"the compressed data is damaged: {e.Message}", e);
        }

        // What a decoder leaves after its end still belongs to the blob that the pump must hash.
        reader.Drain();
        if (!diffId.Matches(out string actual))
        {
            throw LayerErrors.Malformed($"the unpacked layer has digest {actual}, the image's config says {layer.DiffId}");
        }

        run.Tar.Complete();
    }

    private void Decode(Stream tar, DigestCheck diffId, Run run)
    {
        long total = 0;
        while (true)
        {
            byte[] buffer = run.TarChunks.Rent();
            var chunk = new Chunk(buffer, ReadWhole(tar, buffer, run.Token), run.TarChunks);
            if (chunk.Length == 0)
            {
                chunk.Return();
                return;
            }

            total += chunk.Length;
            if (total > limits.UnpackedBytes)
            {
                chunk.Return();
                throw LayerErrors.TooMuch($"the unpacked layer is larger than {limits.UnpackedBytes} bytes");
            }

            diffId.Append(chunk.Span);
            run.Tar.Put(chunk, run.Token);
        }
    }

    private UnpackedLayer Write(HostPath target, Run run)
    {
        using var reader = new ChunkReader(run.Tar, run.Token);
        using SafeFd root = PlainFile.TryOpenDirectory(target.Value, out Errno error)
            ?? throw new LinuxException("open", target.Value, error);
        using var writer = new LayerWriter(root, limits);
        var archive = new TarReader(reader, limits);
        while (archive.MoveNext())
        {
            run.Token.ThrowIfCancellationRequested();
            writer.Add(archive);
        }

        reader.Drain();
        return writer.Finish();
    }

    private Stream Decoder(LayerCompression compression, Stream raw) => compression switch
    {
        LayerCompression.Gzip => new GZipStream(raw, CompressionMode.Decompress, leaveOpen: true),
        LayerCompression.Zstd => new ZstdStream(raw, limits.ZstdWindowLog),
        _ => raw,
    };

    private static int ReadWhole(Stream stream, Span<byte> target, CancellationToken cancellationToken)
    {
        int done = 0;
        while (done < target.Length)
        {
            // A bomb inflates for long without asking for input, where the token would be seen.
            cancellationToken.ThrowIfCancellationRequested();
            int count = stream.Read(target[done..]);
            if (count == 0)
            {
                break;
            }

            done += count;
        }

        return done;
    }

    /// <summary>What the stages of one unpack share.</summary>
    private sealed class Run : IDisposable
    {
        private readonly CancellationTokenSource _stop;
        private ExceptionDispatchInfo? _failure;

        internal Run(long layerBytes, CancellationToken cancellationToken)
        {
            CompressedChunks = new ChunkPool((int)Math.Clamp(layerBytes, SmallestChunkBytes, CompressedChunkBytes));
            TarChunks = new ChunkPool((int)Math.Clamp(UsualRatio * Math.Min(layerBytes, TarChunkBytes), SmallestChunkBytes, TarChunkBytes));
            _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            Token = _stop.Token;
        }

        internal ChunkPool CompressedChunks { get; }

        internal ChunkPool TarChunks { get; }

        internal ChunkQueue Compressed { get; } = new(CompressedQueueChunks);

        internal ChunkQueue Tar { get; } = new(TarQueueChunks);

        internal CancellationToken Token { get; }

        /// <summary>The first failure; the others are its consequences.</summary>
        internal ExceptionDispatchInfo? Failure => _failure;

        internal async Task GuardAsync(Func<Task> stage)
        {
            try
            {
                await stage();
            }
            catch (Exception e)
            {
                Fail(e);
            }
        }

        internal Task OnThreadAsync(Action stage) => Task.Factory.StartNew(
            () =>
            {
                try
                {
                    stage();
                }
                catch (Exception e)
                {
                    Fail(e);
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);

        public void Dispose()
        {
            Compressed.Dispose();
            Tar.Dispose();
            _stop.Dispose();
        }

        private void Fail(Exception e)
        {
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(e), null);
            _stop.Cancel();
        }
    }
}
