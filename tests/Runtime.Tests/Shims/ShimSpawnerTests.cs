using System.Diagnostics;
using Keelson.Core;
using Keelson.Linux;
using Keelson.Oci.Shims;

namespace Keelson.Runtime.Tests.Shims;

public sealed class ShimSpawnerTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("keelson-spawn-");

    private HostPath Shim => HostPath.Parse(_directory.FullName).Child("shim");

    [Fact]
    public async Task A_shim_that_dies_is_unavailable_with_its_last_words()
    {
        HostPath binary = Script("echo no luck today >&2; exit 3");

        KeelsonException failure = await Assert.ThrowsAsync<KeelsonException>(() => ShimSpawner.SpawnAsync(ShimProgram.InPlace(binary), Shim, SandboxId.New(), FakeShim.Soon()));

        Assert.Equal(ErrorKind.Unavailable, failure.Kind);
        Assert.Contains("no luck today", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_binary_that_is_not_there_is_an_error_that_names_it()
    {
        LinuxException failure = await Assert.ThrowsAsync<LinuxException>(
            () => ShimSpawner.SpawnAsync(ShimProgram.InPlace(HostPath.Parse("/no/such/shim")), Shim, SandboxId.New(), FakeShim.Soon()));

        Assert.Equal(("posix_spawn", "/no/such/shim", Errno.ENOENT), (failure.Syscall, failure.Subject, failure.Errno));
    }

    [Fact]
    public async Task It_starts_in_a_session_of_its_own_with_four_descriptors_and_a_private_directory()
    {
        HostPath binary = Script($"ls -l /proc/$$/fd > {_directory.FullName}/fds; cut -d' ' -f6 /proc/$$/stat > {_directory.FullName}/session; echo $$ > {_directory.FullName}/pid; tr '\\0' '\\n' < /proc/$$/cmdline > {_directory.FullName}/args");
        SandboxId id = SandboxId.New();

        await Assert.ThrowsAsync<KeelsonException>(() => ShimSpawner.SpawnAsync(ShimProgram.InPlace(binary), Shim, id, FakeShim.Soon()));

        string fds = File.ReadAllText(_directory.FullName + "/fds");
        Assert.Matches("0 -> /dev/null", fds);
        Assert.Matches("1 -> ", fds);
        Assert.Matches("2 -> .*/shim.log", fds);
        Assert.Matches("3 -> socket:", fds);
        Assert.Equal(File.ReadAllText(_directory.FullName + "/pid"), File.ReadAllText(_directory.FullName + "/session"));
        Assert.Contains(id.Value, File.ReadAllText(_directory.FullName + "/args"), StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Shim.Value));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Shim.Child("shim.sock").Value));
    }

    [Fact]
    public async Task Children_watched_by_pidfd_and_children_of_the_framework_do_not_steal_from_each_other()
    {
        using SafeFd nothing = PlainFile.OpenDevice("/dev/null");
        Task[] all = [.. Enumerable.Range(0, 40).Select(i => i % 2 == 0 ? Watched(i) : Framework(i))];
        await Task.WhenAll(all).WaitAsync(TimeSpan.FromSeconds(20));

        async Task Watched(int code)
        {
            SafeFd child = DaemonProcess.Start(ExecutableFile.AtPath("/bin/sh"), ["sh", "-c", $"sleep 0.{code % 5}; exit {code}"], [], nothing, _directory.FullName + "/log", out int pid);
            ChildExit exit = await ChildWatcher.WatchAsync(child);
            Assert.Equal((pid, code), (exit.Pid, exit.ExitCode));
        }

        static async Task Framework(int code)
        {
            using Process process = Process.Start("/bin/sh", ["-c", $"sleep 0.{code % 5}; exit {code}"]);
            await process.WaitForExitAsync();
            Assert.Equal(code, process.ExitCode);
        }
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private HostPath Script(string body)
    {
        HostPath path = HostPath.Parse(_directory.FullName).Child("script");
        File.WriteAllText(path.Value, $"#!/bin/sh\n{body}\n");
        File.SetUnixFileMode(path.Value, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
