using System.Text;
using Keelson.CriServer.Commands;
using Keelson.CriServer.Commands.Client;
using Keelson.CriServer.Tests.Support;

namespace Keelson.CriServer.Tests.Commands;

public sealed class LogTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly MemoryStream _out = new();
    private readonly MemoryStream _error = new();

    private string LogPath => $"{_directory.Path}/0.log";

    [Fact]
    public void Lines_go_where_the_container_wrote_them_and_parts_are_put_together()
    {
        Append("1 stdout F one\n2 stderr F two\n3 stdout P th\n4 stderr F between\n5 stdout F ree\n");
        Print(timestamps: false);
        Assert.Equal(("one\nthree\n", "two\nbetween\n"), (Text(_out), Text(_error)));
    }

    [Fact]
    public void Timestamps_stand_before_whole_lines_only()
    {
        Append("1 stdout P a\n2 stdout F b\n3 stdout F \n");
        Print(timestamps: true);
        Assert.Equal("1 ab\n3 \n", Text(_out));
    }

    [Fact]
    public void What_is_no_entry_is_left_out()
    {
        Append("\nnonsense\n1 stdout F ok\n");
        Print(timestamps: false);
        Assert.Equal("ok\n", Text(_out));
    }

    [Fact]
    public void Following_goes_on_through_half_written_lines_and_rotation()
    {
        Append("1 stdout F a\n2 stdout F b");
        using LogFollower log = new(LogPath, Context());
        var printer = new LogPrinter(Context(), timestamps: false);
        log.ReadAvailable(printer.Print);
        Assert.Equal("a\n", Text(_out));

        Append("b\n3 stdout F c\n");
        File.Move(LogPath, LogPath + ".20260101-000000");
        Append("4 stdout F d\n");
        log.ReadAvailable(printer.Print);
        Assert.Equal("a\nbb\nc\nd\n", Text(_out));
    }

    public void Dispose() => _directory.Dispose();

    private void Append(string text) => File.AppendAllText(LogPath, text);

    private void Print(bool timestamps)
    {
        using LogFollower log = new(LogPath, Context());
        log.ReadAvailable(new LogPrinter(Context(), timestamps).Print);
    }

    private CommandContext Context() => new() { Out = _out, Error = _error, Interactive = false, Environment = _ => null };

    private static string Text(MemoryStream stream) => Encoding.UTF8.GetString(stream.ToArray());
}
