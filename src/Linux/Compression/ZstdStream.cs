using System.Runtime.InteropServices;
using Keelson.Core;
using Keelson.Linux.Native;

namespace Keelson.Linux;

/// <summary>
/// Decompresses zstd (RFC 8878) while reading: any number of frames, skippable ones included. Synchronous; owns
/// neither the thread it blocks nor <c>source</c>.
/// </summary>
public sealed class ZstdStream : ForwardStream
{
    private const int InputBytes = 128 * 1024;

    private readonly Stream _source;
    private readonly SafeZstdContext _context;
    private readonly byte[] _input = new byte[InputBytes];
    private int _start;
    private int _end;
    private bool _sourceEnded;
    private bool _insideFrame;

    /// <summary>Reads <paramref name="source"/>, which is borrowed.</summary>
    /// <param name="source">Compressed bytes.</param>
    /// <param name="windowLog">
    /// The largest window a frame may ask for, as a power of two: the decoder allocates that much memory on the
    /// word of the input.
    /// </param>
    /// <exception cref="KeelsonException">Unimplemented: this machine has no libzstd. ResourceExhausted: no memory.</exception>
    public ZstdStream(Stream source, int windowLog)
    {
        _source = source;
        _context = CreateContext();
        Check(LibZstd.ZSTD_DCtx_setParameter(_context, LibZstd.ZSTD_d_windowLogMax, windowLog));
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The input is no zstd, is damaged, is cut off, or asks for too large a window.</exception>
    public override int Read(Span<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            if (_start == _end && !_sourceEnded)
            {
                _start = 0;
                _end = _source.Read(_input);
                _sourceEnded = _end == 0;
            }

            // With no input left the decoder is still asked: it may hold decoded bytes that did not fit before.
            int written = Decode(buffer, out bool idle);
            if (written > 0)
            {
                return written;
            }

            if (_sourceEnded && idle)
            {
                return _insideFrame ? throw new InvalidDataException("zstd data ends inside a frame") : 0;
            }
        }

        return 0;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _context.Dispose();
        }

        base.Dispose(disposing);
    }

    private static SafeZstdContext CreateContext()
    {
        try
        {
            nint context = LibZstd.ZSTD_createDCtx();
            return context != 0
                ? new SafeZstdContext(context)
                : throw new KeelsonException(ErrorKind.ResourceExhausted, "zstd: no memory for a decoder");
        }
        catch (DllNotFoundException e)
        {
            throw new KeelsonException(ErrorKind.Unimplemented, "zstd: this node has no libzstd.so.1", e);
        }
    }

    private static unsafe void Check(nuint result)
    {
        if (LibZstd.ZSTD_isError(result) != 0)
        {
            throw new InvalidDataException($"zstd: {Marshal.PtrToStringUTF8(LibZstd.ZSTD_getErrorName(result))}");
        }
    }

    private unsafe int Decode(Span<byte> buffer, out bool idle)
    {
        // SAFETY: both spans are pinned for the call, and their lengths bound what the decoder touches.
        fixed (byte* source = _input, destination = buffer)
        {
            var input = new LibZstd.ZSTD_inBuffer { src = source, size = (nuint)_end, pos = (nuint)_start };
            var output = new LibZstd.ZSTD_outBuffer { dst = destination, size = (nuint)buffer.Length };
            nuint result = LibZstd.ZSTD_decompressStream(_context, &output, &input);
            Check(result);
            bool consumed = (int)input.pos != _start;
            idle = !consumed && output.pos == 0;

            // A call that did nothing says "more input, please" even between frames, so it changes nothing here.
            if (!idle)
            {
                _insideFrame = result != 0;
            }

            _start = (int)input.pos;
            return (int)output.pos;
        }
    }
}
