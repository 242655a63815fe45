namespace Keelson.Core;

/// <summary>
/// An absolute path as a container sees it. It names nothing on the host until it is resolved inside a root by file
/// descriptor (openat2 with RESOLVE_IN_ROOT), which is why there is no conversion to <see cref="HostPath"/>.
/// </summary>
public readonly record struct GuestPath
{
    private readonly string? _value;

    private GuestPath(string value) => _value = value;

    /// <summary>The path text; starts with <c>/</c>.</summary>
    public string Value => _value ?? throw new InvalidOperationException("a default GuestPath has no value");

    /// <summary>Takes an absolute container path.</summary>
    /// <exception cref="KeelsonException">InvalidArgument: empty, relative, or with a NUL.</exception>
    public static GuestPath Parse(string text)
    {
        if (string.IsNullOrEmpty(text) || text[0] != '/' || text.Contains('\0'))
        {
            throw new KeelsonException(ErrorKind.InvalidArgument, $"container path '{text}': expected an absolute path");
        }

        return new GuestPath(text);
    }

    /// <inheritdoc/>
    public override string ToString() => _value ?? string.Empty;
}
