namespace Keelson.CriTest.Processes;

public sealed class TerminalTests(CriTarget target) : CriTest(target)
{
    private const string Script = "tty; test -t 0 && test -t 1 && test -t 2 && echo terminal; test -c /dev/console && echo to the console >/dev/console";

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    public async Task A_terminal_has_a_name_in_the_container_and_is_its_console(long user)
    {
        Pod pod = await RunHostNetworkPodAsync();

        Ran ran = await RunAsync(pod, Script, config =>
        {
            config.Tty = true;
            config.Linux.SecurityContext.RunAsUser = new() { Value = user };
        });

        Assert.Equal(["/dev/pts/0", "terminal", "to the console"], ran.Text.ReplaceLineEndings("\n").TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task A_terminal_with_stdin_waits_for_what_is_typed()
    {
        Pod pod = await RunHostNetworkPodAsync();

        Ran ran = await RunAsync(pod, "read -t 1 line; echo $?", config =>
        {
            config.Tty = true;
            config.Stdin = true;
        });

        // An end of file would be 1 at once.
        Assert.NotEqual("0", ran.Text.TrimEnd());
        Assert.True(ran.Status.FinishedAt - ran.Status.StartedAt > 900_000_000, "the terminal was at its end");
    }

    [Fact]
    public async Task A_container_without_a_terminal_has_no_console()
    {
        Pod pod = await RunHostNetworkPodAsync();

        Assert.Equal("none", (await RunAsync(pod, "test -e /dev/console || test -t 0 || echo none")).Text);
    }
}
