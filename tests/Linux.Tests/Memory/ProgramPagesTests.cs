using System.Diagnostics;

namespace Keelson.Linux.Tests.Memory;

public sealed class ProgramPagesTests
{
    [Fact]
    public void Only_private_read_only_files_without_pages_of_their_own_are_given_back()
    {
        string smaps = Path.GetTempFileName();
        File.WriteAllText(smaps, """
            560000000000-560000010000 r--p 00000000 fe:00 11                         /usr/bin/keelson
            Size:                 64 kB
            Anonymous:             0 kB
            AnonHugePages:         0 kB
            560000010000-560000030000 r-xp 00010000 fe:00 11                         /usr/bin/keelson
            Size:                128 kB
            Anonymous:             0 kB
            560000030000-560000032000 r--p 00030000 fe:00 11                         /usr/bin/keelson
            Size:                  8 kB
            Anonymous:             8 kB
            560000032000-560000034000 rw-p 00032000 fe:00 11                         /usr/bin/keelson
            Anonymous:             0 kB
            7f0000000000-7f0000001000 r--s 00000000 fe:00 12                         /var/lib/keelson/map
            Anonymous:             0 kB
            7f0000001000-7f0000002000 r--p 00000000 00:00 0
            Anonymous:             0 kB
            7ffc00000000-7ffc00002000 r-xp 00000000 00:00 0                          [vdso]
            Anonymous:             0 kB

            """);

        try
        {
            List<ProgramMapping> found = ProgramMapping.ReadUnmodified(smaps);

            Assert.Equal([new(0x560000000000, 0x10000), new(0x560000010000, 0x20000)], found);
        }
        finally
        {
            File.Delete(smaps);
        }
    }

    [Fact]
    public void What_is_given_back_leaves_the_resident_set_and_comes_back_where_it_is_used()
    {
        long before = SharedFilePages();

        Assert.True(ProgramPages.GiveBack() > 0);

        Assert.True(SharedFilePages() < before, $"{before} kB of files were mapped before");
        Assert.NotEmpty(Process.GetCurrentProcess().ProcessName);
    }

    /// <summary>kB of pages of files in this process's resident set, proc_pid_status(5).</summary>
    private static long SharedFilePages() =>
        long.Parse(File.ReadLines("/proc/self/status").Single(line => line.StartsWith("RssFile:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], System.Globalization.CultureInfo.InvariantCulture);
}
