using System.Net;

namespace Keelson.Images.Registry;

/// <summary>Why one server did not deliver; decides whether a retry or another server may help.</summary>
internal enum EndpointFailure
{
    /// <summary>Not reached, broken off, too slow, overloaded or failing by itself.</summary>
    Unavailable,

    /// <summary>It refuses the credentials, or wants some.</summary>
    Denied,

    /// <summary>It does not have what was asked for.</summary>
    NotFound,

    /// <summary>It answers something else than the protocol allows.</summary>
    Malformed,
}

/// <summary>The failure of one server during one step. Never leaves the registry client: a session joins several into one answer.</summary>
internal sealed class EndpointException : Exception
{
    internal EndpointException(RegistryEndpoint endpoint, EndpointFailure failure, string message, Exception? inner = null)
        : base(message, inner)
    {
        Endpoint = endpoint;
        Failure = failure;
    }

    internal RegistryEndpoint Endpoint { get; }

    internal EndpointFailure Failure { get; }

    internal static EndpointException FromStatus(RegistryEndpoint endpoint, string step, HttpStatusCode status)
    {
        EndpointFailure failure = status switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => EndpointFailure.Denied,
            HttpStatusCode.NotFound or HttpStatusCode.Gone => EndpointFailure.NotFound,
            HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout => EndpointFailure.Unavailable,
            >= HttpStatusCode.InternalServerError => EndpointFailure.Unavailable,
            _ => EndpointFailure.Malformed,
        };
        return new EndpointException(endpoint, failure, $"{step}: {(int)status} {status}");
    }
}
