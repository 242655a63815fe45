using System.Buffers;
using System.IO.Compression;

namespace Keelson.Grpc;

/// <summary>The one message encoding besides identity.</summary>
internal static class Gzip
{
    internal const string Name = "gzip";
    internal const string Accepted = "identity,gzip";

    /// <summary>
    /// Inflates a message. The bound is on the result, so that a small request can't become a large allocation.
    /// </summary>
    /// <exception cref="RpcException">ResourceExhausted, or Internal for bytes that are not gzip.</exception>
    internal static byte[] Inflate(in ReadOnlySequence<byte> compressed, int limit)
    {
        using var source = new MemoryStream(compressed.ToArray(), writable: false);
        using var gzip = new GZipStream(source, CompressionMode.Decompress);
        using var result = new MemoryStream();
        byte[] chunk = ArrayPool<byte>.Shared.Rent(32 * 1024);
        try
        {
            for (int read = gzip.Read(chunk); read > 0; read = gzip.Read(chunk))
            {
                if (result.Length + read > limit)
                {
                    throw new RpcException(StatusCode.ResourceExhausted, $"message inflates to more than the limit of {limit} bytes");
                }

                result.Write(chunk, 0, read);
            }
        }
        catch (InvalidDataException e)
        {
            throw new RpcException(StatusCode.Internal, "message is not valid gzip", e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }

        // A cut-off gzip stream ends silently here; parsing the message is what notices.
        return result.ToArray();
    }
}
