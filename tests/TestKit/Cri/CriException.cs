namespace Keelson.TestKit;

/// <summary>A call that ended with a status other than OK.</summary>
public sealed class CriException(string method, CriStatus status, string detail)
    : Exception($"{method}: {status}: {detail}")
{
    public string Method { get; } = method;

    public CriStatus Status { get; } = status;

    public string Detail { get; } = detail;
}
