namespace Keelson.Core;

/// <summary>
/// An absolute path on the host. Joining takes single names only, so nothing that comes from an image or a container
/// can replace the root or climb out of it.
/// </summary>
public readonly record struct HostPath
{
    private readonly string? _value;

    private HostPath(string value) => _value = value;

    /// <summary>The path text; starts with <c>/</c>.</summary>
    public string Value => _value ?? throw new InvalidOperationException("a default HostPath has no value");

    /// <summary>The last name of the path.</summary>
    public string Name => Value[(Value.LastIndexOf('/') + 1)..];

    /// <summary>The containing directory; the root contains itself.</summary>
    public HostPath Parent
    {
        get
        {
            int slash = Value.LastIndexOf('/');
            return new HostPath(slash <= 0 ? "/" : Value[..slash]);
        }
    }

    /// <summary>Takes an absolute path and drops trailing slashes.</summary>
    /// <exception cref="KeelsonException">InvalidArgument: empty, relative, or with a NUL.</exception>
    public static HostPath Parse(string text)
    {
        if (string.IsNullOrEmpty(text) || text[0] != '/' || text.Contains('\0'))
        {
            throw new KeelsonException(ErrorKind.InvalidArgument, $"path '{text}': expected an absolute path");
        }

        string trimmed = text.TrimEnd('/');
        return new HostPath(trimmed.Length == 0 ? "/" : trimmed);
    }

    /// <summary>The entry <paramref name="name"/> of this directory.</summary>
    /// <param name="name">One name: not empty, not <c>.</c> or <c>..</c>, without <c>/</c> and NUL.</param>
    /// <exception cref="KeelsonException">InvalidArgument.</exception>
    public HostPath Child(string name)
    {
        if (name.Length == 0 || name is "." or ".." || name.AsSpan().ContainsAny('/', '\0'))
        {
            throw new KeelsonException(ErrorKind.InvalidArgument, $"'{name}' is not a file name");
        }

        return new HostPath(Value == "/" ? "/" + name : $"{Value}/{name}");
    }

    /// <inheritdoc/>
    public override string ToString() => _value ?? string.Empty;
}
