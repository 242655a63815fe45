using Keelson.Core;

namespace Keelson.Oci.Cgroups;

/// <summary>A group's path below the root of every hierarchy, e.g. <c>/keelson/3f2a</c>. Names only, so it cannot climb out.</summary>
public readonly record struct CgroupPath
{
    private readonly string? _value;

    private CgroupPath(string value) => _value = value;

    /// <summary>Starts with <c>/</c>; never ends with one, except for the root itself.</summary>
    public string Value => _value ?? throw new InvalidOperationException("a default CgroupPath has no value");

    /// <summary>The containing group; the root contains itself.</summary>
    public CgroupPath Parent => new(Value.LastIndexOf('/') <= 0 ? "/" : Value[..Value.LastIndexOf('/')]);

    /// <summary>Reads a path with or without its first slash.</summary>
    /// <exception cref="KeelsonException">InvalidArgument: a name that is empty, <c>.</c>, <c>..</c> or has control characters.</exception>
    public static CgroupPath Parse(string text)
    {
        string[] names = text.Trim('/').Split('/');
        if (text.Trim('/').Length > 0 && Array.Exists(names, name => name.Length is 0 or > 255 || name is "." or ".." || name.Any(char.IsControl)))
        {
            throw new KeelsonException(ErrorKind.InvalidArgument, $"cgroup path '{text}': expected names separated by single slashes");
        }

        return new CgroupPath("/" + string.Join('/', names));
    }

    /// <summary>The group <paramref name="name"/> in this one.</summary>
    /// <exception cref="KeelsonException">InvalidArgument.</exception>
    public CgroupPath Child(string name) => Parse(Value == "/" ? name : $"{Value}/{name}");

    /// <inheritdoc/>
    public override string ToString() => _value ?? string.Empty;
}
