using Keelson.Core;

namespace Keelson.Images.References;

/// <summary>
/// A normalised image reference: registry host, repository, and a tag, a digest or both. Without either the tag is
/// <c>latest</c>. Short names belong to docker.io, and its one-part names to <c>library/</c>.
/// </summary>
/// <remarks>The grammar is that of the distribution project, which kubelet and registries share.</remarks>
internal sealed record ImageReference
{
    private const string DefaultHost = "docker.io";
    private const string LegacyDefaultHost = "index.docker.io";
    private const string OfficialPrefix = "library/";

    private ImageReference(string host, string repository, string? tag, Digest? digest)
    {
        Host = host;
        Repository = repository;
        Tag = tag;
        Digest = digest;
    }

    /// <summary>Registry host and port as written; not always where its API is (see <c>RegistryHosts</c>).</summary>
    public string Host { get; }

    /// <summary>Path within the registry.</summary>
    public string Repository { get; }

    /// <summary>The tag; null when a digest stands alone.</summary>
    public string? Tag { get; }

    /// <summary>The digest, which wins over the tag where both are given.</summary>
    public Digest? Digest { get; }

    /// <summary>Host and repository.</summary>
    public string Name => $"{Host}/{Repository}";

    /// <summary>What the registry is asked for: the digest, else the tag.</summary>
    public string Target => Digest?.Value ?? Tag!;

    /// <summary>The reference as <c>Image.repo_tags</c> lists it; null when it names no tag.</summary>
    /// <remarks>With a tag and a digest only the digest was asked for: the tag may point elsewhere by now.</remarks>
    public string? RepoTag => Digest is null ? $"{Name}:{Tag}" : null;

    /// <summary>The reference by digest, as <c>Image.repo_digests</c> lists it.</summary>
    public string RepoDigest(Digest digest) => $"{Name}@{digest}";

    /// <summary>Reads a reference.</summary>
    /// <exception cref="KeelsonException">InvalidArgument.</exception>
    public static ImageReference Parse(string text) =>
        TryParse(text, out ImageReference? reference, out string reason)
            ? reference!
            : throw new KeelsonException(ErrorKind.InvalidArgument, $"image reference '{Printable(text)}': {reason}");

    /// <summary>Reads a reference; false with a reason when it is none.</summary>
    public static bool TryParse(string text, out ImageReference? reference, out string reason)
    {
        reference = null;
        if (text.Length == 0)
        {
            reason = "empty";
            return false;
        }

        if (ReferenceGrammar.IsBareDigest(text))
        {
            reason = "64 hexadecimal digits are an image id, not a name";
            return false;
        }

        string rest = text;
        if (!TakeDigest(ref rest, out Digest? digest))
        {
            reason = "the part behind '@' is no sha256 or sha512 digest";
            return false;
        }

        string? tag = TakeTag(ref rest);
        (string host, string repository) = SplitHost(rest);
        if (Objection(host, repository, tag) is { } objection)
        {
            reason = objection;
            return false;
        }

        reason = string.Empty;
        reference = new ImageReference(host, repository, tag ?? (digest is null ? "latest" : null), digest);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        string tag = Tag is null ? string.Empty : ":" + Tag;
        string digest = Digest is null ? string.Empty : "@" + Digest;
        return Name + tag + digest;
    }

    private static bool TakeDigest(ref string rest, out Digest? digest)
    {
        digest = null;
        int at = rest.IndexOf('@', StringComparison.Ordinal);
        if (at < 0)
        {
            return true;
        }

        bool valid = Core.Digest.TryParse(rest[(at + 1)..], out Digest parsed);
        digest = valid ? parsed : null;
        rest = rest[..at];
        return valid;
    }

    private static string? TakeTag(ref string rest)
    {
        // A colon before the last slash is a port.
        int colon = rest.LastIndexOf(':');
        if (colon < 0 || colon < rest.LastIndexOf('/') || rest.EndsWith(']'))
        {
            return null;
        }

        string tag = rest[(colon + 1)..];
        rest = rest[..colon];
        return tag;
    }

    private static (string Host, string Repository) SplitHost(string name)
    {
        int slash = name.IndexOf('/', StringComparison.Ordinal);
        string first = slash < 0 ? string.Empty : name[..slash];
        bool isHost = first.AsSpan().ContainsAny('.', ':') || first == "localhost" || HasUpperCase(first);
        string host = isHost ? first : DefaultHost;
        string repository = isHost ? name[(slash + 1)..] : name;
        if (host == LegacyDefaultHost)
        {
            host = DefaultHost;
        }

        if (host == DefaultHost && repository.Length > 0 && !repository.Contains('/', StringComparison.Ordinal))
        {
            repository = OfficialPrefix + repository;
        }

        return (host, repository);
    }

    private static string? Objection(string host, string repository, string? tag)
    {
        if (!ReferenceGrammar.IsHost(host))
        {
            return $"'{Printable(host)}' is no host name";
        }

        if (!ReferenceGrammar.IsRepository(repository))
        {
            return $"'{Printable(repository)}' is no repository name (lower-case letters, digits, single separators)";
        }

        if (host.Length + 1 + repository.Length > ReferenceGrammar.MaxNameLength)
        {
            return $"the name is longer than {ReferenceGrammar.MaxNameLength} characters";
        }

        return tag is null || ReferenceGrammar.IsTag(tag) ? null : $"'{Printable(tag)}' is no tag";
    }

    private static bool HasUpperCase(string text)
    {
        foreach (char c in text)
        {
            if (char.IsAsciiLetterUpper(c))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Keeps hostile input from breaking log lines and messages.</summary>
    private static string Printable(string text)
    {
        const int Longest = 128;
        string cut = text.Length > Longest ? text[..Longest] + "..." : text;
        return string.Create(cut.Length, cut, static (span, source) =>
        {
            for (int i = 0; i < span.Length; i++)
            {
                span[i] = char.IsControl(source[i]) ? '?' : source[i];
            }
        });
    }
}
