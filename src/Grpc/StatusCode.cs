namespace Keelson.Grpc;

/// <summary>The status codes of gRPC; the numbers are on the wire (grpc/doc/statuscodes.md).</summary>
public enum StatusCode
{
#pragma warning disable CS1591 // Each is defined by the protocol's own document.
    OK = 0,
    Cancelled = 1,
    Unknown = 2,
    InvalidArgument = 3,
    DeadlineExceeded = 4,
    NotFound = 5,
    AlreadyExists = 6,
    PermissionDenied = 7,
    ResourceExhausted = 8,
    FailedPrecondition = 9,
    Aborted = 10,
    OutOfRange = 11,
    Unimplemented = 12,
    Internal = 13,
    Unavailable = 14,
    DataLoss = 15,
    Unauthenticated = 16,
#pragma warning restore CS1591
}
