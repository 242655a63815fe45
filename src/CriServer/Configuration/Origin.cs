namespace Keelson.CriServer.Configuration;

/// <summary>Where a value comes from.</summary>
/// <param name="File">The configuration file; null for a default.</param>
/// <param name="Line">Line in the file, from 1.</param>
internal sealed record Origin(string? File, int Line)
{
    internal static Origin Default { get; } = new(null, 0);

    public override string ToString() => File is null ? "default" : $"{File}:{Line}";
}
