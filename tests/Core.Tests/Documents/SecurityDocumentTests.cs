using System.Text.RegularExpressions;

namespace Keelson.Core.Tests.Documents;

/// <summary>docs/security.md names each vulnerability that has a test here, and no test without one of its rows.</summary>
public sealed partial class SecurityDocumentTests
{
    private static readonly string[][] Answered = Table("| Number | Mechanism | Answer | Tests |");
    private static readonly string[][] Absent = Table("| Number | Mechanism | Why it does not apply |");

    [Fact]
    public void Every_number_that_is_answered_has_a_test_and_every_number_of_a_test_is_answered()
    {
        Assert.Equal(Answered.SelectMany(Numbers).Order(StringComparer.Ordinal), NumberedTests.All.Select(test => test.Number).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_tests_named_in_a_row_carry_its_numbers()
    {
        foreach (string[] row in Answered)
        {
            string[] named = [.. Code().Matches(row[3]).Select(match => match.Groups[1].Value)];
            Assert.NotEmpty(named);
            foreach (string number in Numbers(row))
            {
                string[] tests = [.. NumberedTests.All.Where(test => test.Number == number).Select(test => test.Test)];
                Assert.True(named.Intersect(tests).Any(), $"{number}: none of the tests named beside it carries it");
            }

            Assert.All(named, name => Assert.Contains(NumberedTests.All, test => test.Test == name && Numbers(row).Contains(test.Number)));
        }
    }

    [Fact]
    public void A_number_stands_in_one_row_and_has_no_empty_cell()
    {
        string[][] rows = [.. Answered, .. Absent];
        Assert.All(rows, row => Assert.All(row, cell => Assert.NotEmpty(cell)));
        Assert.Equal(rows.SelectMany(Numbers).Distinct().Count(), rows.SelectMany(Numbers).Count());
    }

    [Fact]
    public void A_number_that_a_comment_of_the_sources_mentions_is_in_the_document()
    {
        string[] known = [.. Answered.Concat(Absent).SelectMany(Numbers)];
        IEnumerable<string> mentioned = Directory.EnumerateFiles(SourceTree.Path("src"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Mention().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value));
        Assert.Empty(mentioned.Distinct().Except(known));
    }

    private static string[] Numbers(string[] row) => row[0].Split(", ");

    private static string[][] Table(string heading)
    {
        string[] lines = File.ReadAllLines(SourceTree.Path("docs/security.md"));
        int start = Array.IndexOf(lines, heading);
        Assert.True(start >= 0, $"no table '{heading}'");
        return
        [
            .. lines.Skip(start + 2).TakeWhile(line => line.StartsWith('|'))
                .Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries)),
        ];
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"CVE-(\d{4}-\d+)")]
    private static partial Regex Mention();
}
