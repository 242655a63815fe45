using System.Diagnostics;
using System.Text;
using Keelson.Linux;
using Keelson.Oci.Shims;
using Keelson.Shim.Stdio;
using Keelson.Shim.Tests.Support;

namespace Keelson.Shim.Tests.Stdio;

public sealed class CriLogFileTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("keelson-log-");
    private bool _mounted;

    private string Log => Path.Join(_directory.FullName, "0.log");

    [Fact]
    [Trait("CVE", "2026-53489")]
    public void Reopening_goes_on_in_the_new_file_and_a_failure_changes_nothing()
    {
        using CriLogFile file = CriLogFile.TryOpen(Log, out _)!;
        file.Append("one\n"u8);
        File.Move(Log, Log + ".1");

        // The kubelet renames back when reopening failed, so nothing may have been created.
        File.CreateSymbolicLink(Log, "/nowhere");
        Assert.Equal(Errno.ELOOP, file.TryReopen());
        file.Append("two\n"u8);
        File.Delete(Log);
        Assert.Equal("one\ntwo\n", File.ReadAllText(Log + ".1"));

        Assert.Equal(Errno.None, file.TryReopen());
        file.Append("three\n"u8);
        Assert.Equal("one\ntwo\n", File.ReadAllText(Log + ".1"));
        Assert.Equal("three\n", File.ReadAllText(Log));
    }

    [Fact]
    public void What_is_no_regular_file_is_refused()
    {
        Process.Start("mkfifo", Log)!.WaitForExit();
        Assert.Null(CriLogFile.TryOpen(Log, out Errno error));
        Assert.True(error is Errno.ENXIO or Errno.EINVAL);
    }

    [SkippableFact]
    [Trait("needs", "root")]
    public void A_full_disk_costs_whole_lines_only_and_is_told_of_when_there_is_room_again()
    {
        MountTinyFileSystem();
        using CriLogFile file = CriLogFile.TryOpen(Log, out _)!;
        byte[] lines = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(new string('x', 99) + "\n", 30)));
        for (int i = 0; i < 40; i++)
        {
            file.Append(lines);
        }

        Assert.True(file.LostBytes > 0);
        string full = File.ReadAllText(Log);
        Assert.EndsWith("x\n", full, StringComparison.Ordinal);
        Assert.Equal(0, full.Length % 100);
        long lost = file.LostBytes;
        Assert.Equal(40 * 3000, full.Length + lost);

        // The kubelet rotates: the old file goes, and with it its blocks.
        File.Delete(Log);
        Assert.Equal(Errno.None, file.TryReopen());
        file.Append("after\n"u8);

        string[] told = File.ReadAllLines(Log);
        Assert.Equal(2, told.Length);
        Assert.Contains($" stderr F keelson: {lost / 100} lines ({lost} bytes) of output could not be written: No space left", told[0], StringComparison.Ordinal);
        Assert.Equal("after", told[1]);
        Assert.Equal(0, file.LostBytes);
    }

    [SkippableFact]
    [Trait("needs", "root")]
    public async Task A_container_on_a_full_disk_runs_to_its_end()
    {
        MountTinyFileSystem();
        await using ShimHarness shim = await ShimHarness.StartAsync();

        await shim.LaunchAsync(shim.Shell("web", "yes | head -c 3000000; exit 6") with { LogPath = Log });

        Assert.Equal(6, (await shim.NextExitAsync()).ExitCode);
        Assert.All(ShimHarness.ReadLog(Log).Select(line => line.Content), content => Assert.Equal("y", content));
    }

    [Fact]
    public async Task Reopening_under_load_loses_and_doubles_nothing()
    {
        await using ShimHarness shim = await ShimHarness.StartAsync();
        LaunchRequest request = shim.Shell("web", "i=0; while [ $i -lt 40000 ]; do echo $i; i=$((i+1)); done");
        await shim.LaunchAsync(request);
        Task<ProcessExit> exit = shim.NextExitAsync();
        var files = new List<string>();
        while (!exit.IsCompleted && files.Count < 500)
        {
            files.Add($"{request.LogPath}.{files.Count}");
            File.Move(request.LogPath!, files[^1]);
            try
            {
                await shim.Client.ReopenLogAsync("web", ShimHarness.Soon());
            }
            catch (Core.KeelsonException)
            {
                // It has ended meanwhile; as the kubelet does, put the file back.
                await exit;
                File.Move(files[^1], request.LogPath!);
                files.RemoveAt(files.Count - 1);
            }
        }

        await exit;
        files.Add(request.LogPath!);
        Assert.True(files.Count > 1);
        Assert.Equal(
            Enumerable.Range(0, 40000).Select(i => i.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            files.SelectMany(ShimHarness.ReadLog).Select(line => line.Content));
    }

    [Fact]
    public async Task A_log_whose_directory_went_away_cannot_be_reopened_and_the_container_goes_on()
    {
        await using ShimHarness shim = await ShimHarness.StartAsync();
        string directory = Directory.CreateDirectory(shim.PathOf("logs")).FullName;
        await shim.LaunchAsync(shim.Shell("web", "sleep 0.5; echo x; exit 3") with { LogPath = directory + "/0.log" });
        Directory.Delete(directory, recursive: true);

        Core.KeelsonException refused = await Assert.ThrowsAsync<Core.KeelsonException>(() => shim.Client.ReopenLogAsync("web", ShimHarness.Soon()));

        Assert.Equal(Core.ErrorKind.NotFound, refused.Kind);
        Assert.Equal(3, (await shim.NextExitAsync()).ExitCode);
        Assert.False(Directory.Exists(directory));
    }

    public void Dispose()
    {
        if (_mounted)
        {
            Process.Start("umount", "-l " + _directory.FullName)!.WaitForExit();
        }

        _directory.Delete(recursive: true);
    }

    private void MountTinyFileSystem()
    {
        Skip.IfNot(Environment.UserName == "root", "mounts a file system");
        Process mount = Process.Start("mount", $"-t tmpfs -o size=64k none {_directory.FullName}")!;
        mount.WaitForExit();
        Skip.IfNot(mount.ExitCode == 0, "this environment does not let root mount");
        _mounted = true;
    }
}
