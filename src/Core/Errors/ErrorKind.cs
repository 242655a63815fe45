namespace Keelson.Core;

/// <summary>
/// The closed vocabulary of failures that cross a project boundary. Each kind becomes one gRPC status code, in
/// one file of the CRI edge; nothing below the edge knows gRPC.
/// </summary>
public enum ErrorKind
{
    /// <summary>A promise of ours is broken: a bug, or a kernel answer that nothing here expects.</summary>
    Internal,

    /// <summary>The named sandbox, container, image or path does not exist.</summary>
    NotFound,

    /// <summary>The name or identifier is taken by another object.</summary>
    AlreadyExists,

    /// <summary>The object exists and is in a state in which the operation makes no sense.</summary>
    FailedPrecondition,

    /// <summary>The request contradicts itself or the specification; sending it again cannot help.</summary>
    InvalidArgument,

    /// <summary>A peer (registry, CNI plugin, shim) cannot be reached now; sending it again may help.</summary>
    Unavailable,

    /// <summary>Disk, memory, descriptors or one of our own bounds is used up.</summary>
    ResourceExhausted,

    /// <summary>The operation passed its own deadline.</summary>
    DeadlineExceeded,

    /// <summary>The registry refused the credentials, or they are missing.</summary>
    PermissionDenied,

    /// <summary>This build or this node cannot do what was asked.</summary>
    Unimplemented,

    /// <summary>
    /// A failure the kubelet recognises by the token its message starts with (<c>RegistryUnavailable</c>,
    /// <c>SignatureValidationFailed</c>, <c>RROUnsupported</c>, <c>ImageVolumeMountFailed</c>); it must arrive as
    /// gRPC Unknown.
    /// </summary>
    KubeletToken,
}
