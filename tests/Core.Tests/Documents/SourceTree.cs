namespace Keelson.Core.Tests.Documents;

/// <summary>Where the sources are that this test was built from.</summary>
internal static class SourceTree
{
    private static readonly string s_root = Find(new DirectoryInfo(AppContext.BaseDirectory));

    internal static string Path(string relative) => $"{s_root}/{relative}";

    private static string Find(DirectoryInfo? directory) => directory switch
    {
        null => throw new InvalidOperationException("Keelson.slnx is in no directory above the tests"),
        _ when File.Exists($"{directory.FullName}/Keelson.slnx") => directory.FullName,
        _ => Find(directory.Parent),
    };
}
