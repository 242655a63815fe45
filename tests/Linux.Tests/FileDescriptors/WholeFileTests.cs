using Keelson.Core;

namespace Keelson.Linux.Tests.FileDescriptors;

public sealed class WholeFileTests : IDisposable
{
    private const uint OwnerOnly = 0x180;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("keelson-whole-");

    private string File0 => Path.Join(_directory.FullName, "file");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_is_made_then_replaced_and_nothing_else_is_left(bool durable)
    {
        Assert.Equal(Errno.None, WholeFile.TryReplace(File0, "the first one"u8, OwnerOnly, durable));
        using FileStream reader = File.OpenRead(File0);
        Assert.Equal(Errno.None, WholeFile.TryReplace(File0, "second"u8, OwnerOnly, durable));

        Assert.Equal("second", File.ReadAllText(File0));
        Assert.Equal("the first one", new StreamReader(reader).ReadToEnd());
        Assert.Equal((UnixFileMode)OwnerOnly, File.GetUnixFileMode(File0));
        Assert.Equal([File0], Directory.GetFileSystemEntries(_directory.FullName));
    }

    [Fact]
    public void What_a_dead_writer_left_or_somebody_put_there_is_neither_kept_nor_written_through()
    {
        string victim = Path.Join(_directory.FullName, "victim");
        File.WriteAllText(victim, "precious");
        File.CreateSymbolicLink(File0 + WholeFile.TemporarySuffix, victim);

        WholeFile.Replace(File0, "new"u8, OwnerOnly);

        Assert.Equal("new", File.ReadAllText(File0));
        Assert.Null(new FileInfo(File0).LinkTarget);
        Assert.Equal("precious", File.ReadAllText(victim));
    }

    [Fact]
    public void What_cannot_be_replaced_stays_and_leaves_no_temporary_file()
    {
        Directory.CreateDirectory(Path.Join(File0, "full"));

        LinuxException failure = Assert.Throws<LinuxException>(() => WholeFile.Replace(File0, "new"u8, OwnerOnly));

        Assert.Equal((ErrorKind.Internal, Errno.EISDIR), (failure.Kind, failure.Errno));
        Assert.Equal([File0], Directory.GetFileSystemEntries(_directory.FullName));
    }

    [Fact]
    public void A_directory_that_is_not_there_is_not_told_as_an_object_that_is_not_there()
    {
        LinuxException failure = Assert.Throws<LinuxException>(() => WholeFile.Replace(Path.Join(File0, "below"), "new"u8, OwnerOnly));

        Assert.Equal((ErrorKind.Internal, Errno.ENOENT), (failure.Kind, failure.Errno));
        Assert.Equal(ErrorKind.ResourceExhausted, LinuxException.OnOwnFile("write", File0, Errno.ENOSPC).Kind);
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
