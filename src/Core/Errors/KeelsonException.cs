namespace Keelson.Core;

/// <summary>
/// A failure with a kind and a message fit for an operator: it names the object, the stage, and the path or syscall.
/// </summary>
public class KeelsonException : Exception
{
    /// <summary>Creates a failure of <paramref name="kind"/>.</summary>
    /// <param name="kind">What the caller can do about it.</param>
    /// <param name="message">Lower case, no full stop, names its subject.</param>
    /// <param name="inner">The cause, if it carries more than the message repeats.</param>
    public KeelsonException(ErrorKind kind, string message, Exception? inner = null)
        : base(message, inner)
    {
        Kind = kind;
    }

    /// <summary>What the caller can do about it.</summary>
    public ErrorKind Kind { get; }
}
