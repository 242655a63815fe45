using System.Net;
using System.Net.Http.Headers;

namespace Keelson.Images.Registry;

/// <summary>
/// Repeats a request that a server answers with 429 or 5xx, or that its connection loses, a few times with growing
/// pauses. <c>Retry-After</c> counts, up to a bound: the kubelet has its own back-off, and a pull must not sleep.
/// </summary>
internal sealed class RetryHandler(HttpMessageHandler inner, TimeProvider time) : DelegatingHandler(inner)
{
    private const int Attempts = 3;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            TimeSpan pause = FirstPause * Math.Pow(4, attempt - 1);
            try
            {
                HttpResponseMessage response = await base.SendAsync(request, cancellationToken);
                if (attempt == Attempts || !IsTransient(response.StatusCode))
                {
                    return response;
                }

                pause = PauseOf(response.Headers.RetryAfter) ?? pause;
                response.Dispose();
            }
            catch (HttpRequestException e) when (attempt < Attempts && IsTransient(e.HttpRequestError))
            {
                // The connection was lost: a new one may hold.
            }

            await Task.Delay(pause < LongestPause ? pause : LongestPause, time, cancellationToken);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => InnerHandler?.Dispose();

    private static bool IsTransient(HttpStatusCode status) => status is HttpStatusCode.TooManyRequests
        or HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway
        or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    /// <summary>Name resolution, a refused connection and TLS fail the same way at once: the next server is the better retry.</summary>
    private static bool IsTransient(HttpRequestError error) => error is HttpRequestError.ResponseEnded
        or HttpRequestError.InvalidResponse or HttpRequestError.HttpProtocolError or HttpRequestError.Unknown;

    private TimeSpan? PauseOf(RetryConditionHeaderValue? header) => header switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - time.GetUtcNow() is var until && until > TimeSpan.Zero ? until : TimeSpan.Zero,
        _ => null,
    };
}
