namespace Keelson.Linux.Tests.FileDescriptors;

public sealed class PlainFileTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("keelson-plain-");

    private string File0 => Path.Join(_directory.FullName, "file");

    [Fact]
    [Trait("CVE", "2026-53489")]
    public void Appending_creates_appends_and_refuses_links_and_directories()
    {
        using (SafeFd file = PlainFile.TryOpenAppend(File0, 0x180, out _)!)
        {
            Assert.Equal(Errno.None, FdIO.WriteAll(file, "one"u8));
            Assert.Equal(3, PlainFile.SizeOf(file));
        }

        using (SafeFd file = PlainFile.TryOpenAppend(File0, 0x180, out _)!)
        {
            Assert.Equal(Errno.None, FdIO.WriteAll(file, "two"u8));
            Assert.Equal(Errno.None, PlainFile.TryTruncate(file, 4));
        }

        Assert.Equal("onet", File.ReadAllText(File0));
        File.CreateSymbolicLink(File0 + ".link", File0);
        Assert.Null(PlainFile.TryOpenAppend(File0 + ".link", 0x180, out Errno link));
        Assert.Equal(Errno.ELOOP, link);
        Assert.Null(PlainFile.TryOpenAppend(_directory.FullName, 0x180, out Errno directory));
        Assert.Equal(Errno.EISDIR, directory);
    }

    [Fact]
    public void Descriptors_are_closed_on_exec()
    {
        using SafeFd file = PlainFile.TryOpenAppend(File0, 0x180, out _)!;
        PipePair pipe = PipePair.Create();
        using SafeFd events = EventFd.Create();
        using SafeFd read = pipe.Read;
        using SafeFd write = pipe.Write;
        foreach (SafeFd fd in (SafeFd[])[file, read, write, events])
        {
            string flags = File.ReadAllLines($"/proc/self/fdinfo/{fd.Number}").First(line => line.StartsWith("flags:", StringComparison.Ordinal));
            Assert.NotEqual(0, Convert.ToInt32(flags[6..].Trim(), 8) & 0x80000);
        }
    }

    [Fact]
    public void Reading_stops_at_the_end_or_at_the_buffers_end()
    {
        File.WriteAllText(File0, "hello");
        byte[] buffer = new byte[10];
        Assert.Equal(5, PlainFile.TryReadAll(File0, buffer, out _));
        Assert.Equal(2, PlainFile.TryReadAll(File0, buffer.AsSpan(0, 2), out _));
        Assert.Equal(-1, PlainFile.TryReadAll(File0 + ".none", buffer, out Errno error));
        Assert.Equal(Errno.ENOENT, error);
    }

    [Fact]
    public void A_directory_of_many_entries_is_walked_whole_with_a_small_buffer()
    {
        for (int i = 0; i < 300; i++)
        {
            File.WriteAllText(Path.Join(_directory.FullName, $"entry-{i}"), string.Empty);
        }

        Directory.CreateDirectory(Path.Join(_directory.FullName, "sub"));
        using SafeFd directory = PlainFile.TryOpenDirectory(_directory.FullName, out _)!;
        var entries = new DirectoryEntries(directory, stackalloc byte[512]);
        var files = new HashSet<string>();
        var directories = new HashSet<string>();
        while (entries.MoveNext())
        {
            (entries.IsDirectory ? directories : files).Add(System.Text.Encoding.UTF8.GetString(entries.Name));
        }

        Assert.Equal(300, files.Count);
        Assert.Equal([".", "..", "sub"], directories.Order(StringComparer.Ordinal));
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
