using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Headers;
using Keelson.Core;
using Keelson.Images.References;
using Keelson.Images.Registry.Auth;
using Microsoft.Extensions.Logging;

namespace Keelson.Images.Registry;

/// <summary>
/// One pull's view of a repository: asks its servers in order, remembers for the rest of the pull which are dead, and
/// turns the failures of all of them into one answer.
/// </summary>
internal sealed partial class RegistrySession : IDisposable
{
    private readonly ImageReference _reference;
    private readonly ImmutableArray<Server> _servers;
    private readonly TimeSpan _progressTimeout;
    private readonly string _userAgent;
    private readonly ILogger _log;

    internal RegistrySession(
        ImageReference reference, ImageServiceOptions options, RegistryCredentials? credentials,
        RegistryTransport transport, TimeProvider time, ILogger log)
    {
        _reference = reference;
        _progressTimeout = options.ProgressTimeout;
        _userAgent = options.UserAgent;
        _log = log;
        RegistryOptions? registry = options.Registries.GetValueOrDefault(reference.Host);
        _servers = [.. RegistryEndpoints.For(reference, registry, credentials).Select(endpoint => new Server(
            endpoint,
            new HttpMessageInvoker(new RetryHandler(
                new AuthorizationHandler(
                    transport.HandlerFor(endpoint.Tls), transport.TokenHandlerFor(endpoint.Tls), endpoint, reference.Repository, credentials),
                time))))];
    }

    /// <summary>Sends a GET for a resource of the repository to the first server that has it.</summary>
    /// <param name="kind"><c>manifests</c> or <c>blobs</c>.</param>
    /// <param name="target">Tag or digest.</param>
    /// <param name="offset">First byte wanted; servers may ignore it and send all (200 instead of 206).</param>
    /// <param name="accept">Accepted media types.</param>
    /// <param name="read">Reads the answer; an <see cref="EndpointException"/> from it counts against the server.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="KeelsonException">NotFound, PermissionDenied, KubeletToken, FailedPrecondition.</exception>
    internal async Task<T> GetAsync<T>(
        string kind, string target, long offset, IReadOnlyList<string> accept,
        Func<RegistryEndpoint, HttpResponseMessage, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        var failures = new List<EndpointException>();
        foreach (Server server in _servers)
        {
            if (server.Dead is { } cause)
            {
                failures.Add(cause);
                continue;
            }

            try
            {
                return await AskAsync(server, kind, target, offset, accept, read, cancellationToken);
            }
            catch (EndpointException e)
            {
                failures.Add(e);
                LogServerFailed(_reference.ToString(), server.Endpoint.ToString(), e.Failure, e.Message);
                if (e.Failure == EndpointFailure.Unavailable && server != _servers[^1])
                {
                    // Not asked again for every layer of this pull; the next pull tries it anew.
                    server.Dead = e;
                }
            }
        }

        throw Join(failures);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Server server in _servers)
        {
            server.Http.Dispose();
        }
    }

    private async Task<T> AskAsync<T>(
        Server server, string kind, string target, long offset, IReadOnlyList<string> accept,
        Func<RegistryEndpoint, HttpResponseMessage, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        string step = $"{kind.TrimEnd('s')} {target}";
        using var request = new HttpRequestMessage(HttpMethod.Get, server.Endpoint.Resource(_reference.Repository, kind, target));
        request.Headers.UserAgent.ParseAdd(_userAgent);
        foreach (string mediaType in accept)
        {
            request.Headers.Accept.ParseAdd(mediaType);
        }

        if (offset > 0)
        {
            request.Headers.Range = new RangeHeaderValue(offset, null);
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(_progressTimeout);
        HttpResponseMessage? response = null;
        try
        {
            response = await server.Http.SendAsync(request, patience.Token);
            if (response.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.PartialContent))
            {
                throw EndpointException.FromStatus(server.Endpoint, step, response.StatusCode);
            }

            T result = await read(server.Endpoint, response, patience.Token);
            response = result is BlobStream ? null : response;
            return result;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new EndpointException(
                server.Endpoint, EndpointFailure.Unavailable, $"{step}: no answer within {_progressTimeout.TotalSeconds:0} s");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new EndpointException(server.Endpoint, EndpointFailure.Unavailable, $"{step}: {Innermost(e)}", e);
        }
        finally
        {
            response?.Dispose();
        }
    }

    /// <summary>The origin's answer decides: a mirror that lacks the image or is down says nothing about the image.</summary>
    private KeelsonException Join(List<EndpointException> failures)
    {
        EndpointException decisive = failures.Find(failure => failure.Endpoint.IsOrigin) ?? failures[^1];
        string all = string.Join("; ", failures.Select(failure => $"{failure.Endpoint}: {failure.Message}"));
        return decisive.Failure switch
        {
            EndpointFailure.NotFound => new KeelsonException(ErrorKind.NotFound, $"pull '{_reference}': not found: {all}"),
            EndpointFailure.Denied => new KeelsonException(
                ErrorKind.PermissionDenied, $"pull '{_reference}': access denied, or the repository does not exist: {all}"),
            EndpointFailure.Malformed => new KeelsonException(ErrorKind.FailedPrecondition, $"pull '{_reference}': {all}"),
            _ => new KeelsonException(ErrorKind.KubeletToken, $"RegistryUnavailable: pull '{_reference}': {all}"),
        };
    }

    private static string Innermost(Exception e) => e.InnerException is { } inner and (IOException or System.Net.Sockets.SocketException or System.Security.Authentication.AuthenticationException)
        ? $"{e.Message} ({inner.Message})"
        : e.Message;

    /// <summary>One server and what this pull has learned about it.</summary>
    private sealed class Server(RegistryEndpoint endpoint, HttpMessageInvoker http)
    {
        internal RegistryEndpoint Endpoint { get; } = endpoint;

        internal HttpMessageInvoker Http { get; } = http;

        /// <summary>Set once the server was found unreachable.</summary>
        internal EndpointException? Dead { get; set; }
    }
}
