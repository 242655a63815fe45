namespace Keelson.CriServer.Tests.Support;

/// <summary>Where the sources are that this test was built from.</summary>
internal static class SourceTree
{
    internal static string Root { get; } = Find(new DirectoryInfo(AppContext.BaseDirectory));

    private static string Find(DirectoryInfo? directory) => directory switch
    {
        null => throw new InvalidOperationException("Keelson.slnx is in no directory above the tests"),
        _ when File.Exists($"{directory.FullName}/Keelson.slnx") => directory.FullName,
        _ => Find(directory.Parent),
    };
}
