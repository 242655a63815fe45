namespace Keelson.Sandboxes.Tests.Documents;

/// <summary>docs/lifecycle.md says what the program does, and nothing else.</summary>
public sealed class LifecycleDocumentTests
{
    [Fact]
    public void The_table_of_sandboxes_is_the_programs() => Compare<SandboxState>(SandboxTransitions.IsAllowed);

    [Fact]
    public void The_table_of_containers_is_the_programs() => Compare<ContainerState>(ContainerTransitions.IsAllowed);

    private static void Compare<T>(Func<T, T, bool> isAllowed)
        where T : struct, Enum
    {
        string[] lines = File.ReadAllLines(Document());
        int start = Array.IndexOf(lines, $"| {typeof(T).Name} | may become |");
        Assert.True(start >= 0, $"no table of {typeof(T).Name}");

        string[] expected = [.. Enum.GetValues<T>().Select(from => (string[])
            [$"{from}", .. Enum.GetValues<T>().Where(to => !to.Equals(from) && isAllowed(from, to)).Select(to => $"{to}").Order(StringComparer.Ordinal)])
            .Select(words => string.Join(' ', words))];
        string[] written = [.. lines.Skip(start + 2).TakeWhile(line => line.StartsWith('|')).Select(Words)];

        Assert.Equal(expected.Order(StringComparer.Ordinal), written.Order(StringComparer.Ordinal));
    }

    private static string Words(string row)
    {
        string[] cells = [.. row.Split('|', StringSplitOptions.TrimEntries)];
        return string.Join(' ', (string[])[cells[1], .. cells[2].Split(", ", StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)]);
    }

    private static string Document()
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists($"{directory.FullName}/Keelson.slnx"))
        {
            directory = directory.Parent;
        }

        return $"{directory?.FullName}/docs/lifecycle.md";
    }
}
