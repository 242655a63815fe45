using Keelson.Core;
using Keelson.Linux;
using Keelson.Oci.Shims;

namespace Keelson.Runtime.Tests.Shims;

public sealed class ExitRecordTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("keelson-exit-");
    private readonly ProcessExit _exit = new("web", 137, 9, true, 1_700_000_000_123_456_789);

    private string File0 => Path.Join(_directory.FullName, "exit");

    [Fact]
    public void A_record_comes_back_and_replaces_the_one_before()
    {
        Assert.Null(ExitRecord.TryRead(File0));
        Assert.Equal(Errno.None, ExitRecord.TryWrite(File0, _exit with { ExitCode = 1 }));
        Assert.Equal(Errno.None, ExitRecord.TryWrite(File0, _exit));

        Assert.Equal(_exit, ExitRecord.TryRead(File0));
        Assert.Equal([File0], Directory.GetFiles(_directory.FullName));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(File0));
    }

    [Fact]
    public void A_writer_that_died_before_the_rename_left_nothing_to_read_and_does_not_stop_the_next()
    {
        File.WriteAllText(File0 + ".tmp", "keelson-exit 1\nexit_c");
        Assert.Null(ExitRecord.TryRead(File0));

        Assert.Equal(Errno.None, ExitRecord.TryWrite(File0, _exit));
        Assert.Equal(_exit, ExitRecord.TryRead(File0));
    }

    [Fact]
    public void A_link_in_the_place_of_the_temporary_file_is_not_followed()
    {
        string victim = Path.Join(_directory.FullName, "victim");
        File.WriteAllText(victim, "precious");
        File.CreateSymbolicLink(File0 + ".tmp", victim);

        Assert.Equal(Errno.None, ExitRecord.TryWrite(File0, _exit));

        Assert.Equal("precious", File.ReadAllText(victim));
    }

    [Fact]
    public void A_directory_that_went_away_is_an_error_value() =>
        Assert.Equal(Errno.ENOENT, ExitRecord.TryWrite(Path.Join(_directory.FullName, "gone", "exit"), _exit));

    [Theory]
    [InlineData("")]
    [InlineData("keelson-exit 2\nprocess a\nexit_code 1\nsignal 0\noom_killed 0\nfinished_at 1\n")]
    [InlineData("keelson-exit 1\nprocess a\nexit_code 1\nsignal 0\noom_killed 0\n")]
    [InlineData("keelson-exit 1\nprocess a\nexit_code x\nsignal 0\noom_killed 0\nfinished_at 1\n")]
    public void Damage_and_later_versions_are_errors(string content)
    {
        File.WriteAllText(File0, content);
        Assert.Equal(ErrorKind.Internal, Assert.Throws<KeelsonException>(() => ExitRecord.TryRead(File0)).Kind);
    }

    [Fact]
    public void What_a_later_writer_adds_is_skipped()
    {
        File.WriteAllText(File0, "keelson-exit 1\ncore_dumped 1\nprocess a\nexit_code 1\nsignal 0\noom_killed 0\nfinished_at 1\n");
        Assert.Equal(new ProcessExit("a", 1, 0, false, 1), ExitRecord.TryRead(File0));
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
