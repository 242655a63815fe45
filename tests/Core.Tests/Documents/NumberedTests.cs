using System.Text.RegularExpressions;

namespace Keelson.Core.Tests.Documents;

/// <summary>The tests of all projects that carry a vulnerability's number, as their sources say: <c>[Trait("CVE", "2019-5736")]</c>.</summary>
internal static partial class NumberedTests
{
    /// <summary>Number and <c>Class.Method</c> of each.</summary>
    internal static (string Number, string Test)[] All { get; } =
    [
        .. Directory.EnumerateFiles(SourceTree.Path("tests"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal))
            .SelectMany(In),
    ];

    private static IEnumerable<(string Number, string Test)> In(string file)
    {
        var pending = new List<string>();
        foreach (string line in File.ReadLines(file))
        {
            if (Trait().Match(line) is { Success: true } trait)
            {
                pending.Add(trait.Groups[1].Value);
            }
            else if (Method().Match(line) is { Success: true } method)
            {
                foreach (string number in pending)
                {
                    yield return (number, $"{Path.GetFileNameWithoutExtension(file)}.{method.Groups[1].Value}");
                }

                pending.Clear();
            }
        }

        Assert.True(pending.Count == 0, $"{file}: a number without a test: {string.Join(", ", pending)}");
    }

    [GeneratedRegex("""^\s*\[Trait\("CVE", "([^"]+)"\)\]""")]
    private static partial Regex Trait();

    [GeneratedRegex(@"^    public [^(=]*?(\w+)\(")]
    private static partial Regex Method();
}
