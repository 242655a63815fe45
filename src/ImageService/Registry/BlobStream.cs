using System.Net;
using Keelson.Linux;

namespace Keelson.Images.Registry;

/// <summary>
/// A blob as one stream, whatever happens to the connections it comes over: when one breaks or stalls, the rest is
/// asked for from where it stopped. What arrives is checked against its digest by the reader, so a server that sends
/// other bytes on the second try is found out.
/// </summary>
internal sealed class BlobStream : ForwardStream
{
    private const int MaxBreaksWithoutProgress = 3;
    private static readonly string[] AnyType = ["application/octet-stream", "*/*"];

    private readonly RegistrySession _session;
    private readonly string _digest;
    private readonly TimeSpan _progressTimeout;
    private HttpResponseMessage? _response;
    private Stream? _body;
    private long _position;
    private int _breaks;

    internal BlobStream(RegistrySession session, string digest, TimeSpan progressTimeout)
    {
        _session = session;
        _digest = digest;
        _progressTimeout = progressTimeout;
    }

    /// <summary>Makes the first connection, so that a missing blob is found before anything is unpacked.</summary>
    internal async Task<BlobStream> OpenAsync(CancellationToken cancellationToken)
    {
        await _session.GetAsync("blobs", _digest, _position, AnyType, AttachAsync, cancellationToken);
        return this;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            if (_body is null)
            {
                await OpenAsync(cancellationToken);
            }

            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(_progressTimeout);
            try
            {
                int count = await _body!.ReadAsync(buffer, patience.Token);
                _position += count;
                _breaks = count > 0 ? 0 : _breaks;
                return count;
            }
            catch (Exception e) when (IsBreak(e, cancellationToken) && ++_breaks < MaxBreaksWithoutProgress)
            {
                Detach();
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new IOException($"blob {_digest}: nothing received for {_progressTimeout.TotalSeconds:0} s at byte {_position}");
            }
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(Span<byte> buffer) => throw new NotSupportedException("read asynchronously");

    protected override void Dispose(bool disposing)
    {
        Detach();
        base.Dispose(disposing);
    }

    private static bool IsBreak(Exception e, CancellationToken cancellationToken) =>
        e is IOException or HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    private async Task<BlobStream> AttachAsync(RegistryEndpoint endpoint, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        Stream body = await response.Content.ReadAsStreamAsync(cancellationToken);
        if (_position > 0 && response.StatusCode == HttpStatusCode.OK)
        {
            // The server ignored the range and starts over.
            await SkipAsync(endpoint, body, _position, cancellationToken);
        }

        _response = response;
        _body = body;
        return this;
    }

    private async Task SkipAsync(RegistryEndpoint endpoint, Stream body, long count, CancellationToken cancellationToken)
    {
        byte[] waste = new byte[64 * 1024];
        while (count > 0)
        {
            int read = await body.ReadAsync(waste.AsMemory(0, (int)Math.Min(count, waste.Length)), cancellationToken);
            if (read == 0)
            {
                throw new EndpointException(endpoint, EndpointFailure.Malformed, $"blob {_digest}: shorter on the second try");
            }

            count -= read;
        }
    }

    private void Detach()
    {
        _body?.Dispose();
        _response?.Dispose();
        _body = null;
        _response = null;
    }
}
