using System.Diagnostics;
using System.Text;

namespace Keelson.Linux.Tests.Processes;

public sealed class ExecutableFileTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("keelson-exe-");

    private string Program => $"{_directory.FullName}/program";

    [SkippableFact]
    [Trait("CVE", "2019-5736")]
    public async Task The_file_of_a_process_cannot_be_written_through_it_while_it_runs_or_after_its_end()
    {
        Require();
        using ExecutableFile file = ExecutableFile.CloneReadOnly(Program);

        await ShellAsync($"mkfifo {_directory.FullName}/fifo");

        // A subshell runs the same file, without an execve of its own: what a launch is before its execve.
        SafeFd process = Start(file, "sh", ["sh", "-c", $"(read line <{_directory.FullName}/fifo) & wait"], out int pid);
        int child = await ChildOfAsync(pid);
        string script = string.Join('\n', new[] { pid, child }.Select(id => $"exec {(id == pid ? 8 : 9)}</proc/{id}/exe; (: >/proc/{id}/exe) 2>&1 | grep -o 'Read-only.*\\|busy.*'"));

        string output = await ShellAsync(
            $"{script}\nkill -9 {pid} {child}; while test -d /proc/{child}; do sleep 0.02; done\nfor fd in 8 9; do (: >>/proc/self/fd/$fd) 2>&1 | grep -o 'Read-only.*'; done");

        Assert.Equal(string.Concat(Enumerable.Repeat("Read-only file system\n", 4)), output);
        await ChildWatcher.WatchAsync(process).WaitAsync(Patience);
    }

    [SkippableFact]
    public async Task A_clone_is_in_no_mount_table_and_leaves_the_file_itself_writable()
    {
        Require();
        string before = Mounts();
        using ExecutableFile file = ExecutableFile.CloneReadOnly(Program);

        ChildExit exit = await ChildWatcher.WatchAsync(Start(file, "true", ["true"], out int _)).WaitAsync(Patience);

        Assert.Equal(0, exit.ExitCode);
        Assert.Equal(before, Mounts());
        File.WriteAllText(Program, "replaced");
    }

    [SkippableFact]
    public async Task A_file_that_is_replaced_stays_what_it_was_for_this_clone_and_is_new_for_the_next()
    {
        Require();
        using ExecutableFile old = ExecutableFile.CloneReadOnly(Program);
        File.Copy("/bin/true", Program + ".new");
        File.Move(Program + ".new", Program, overwrite: true);
        using ExecutableFile renewed = ExecutableFile.CloneReadOnly(Program);

        // busybox is "false" by that name, the new file is true(1) by any.
        ChildExit first = await ChildWatcher.WatchAsync(Start(old, "false", ["false"], out int _)).WaitAsync(Patience);
        ChildExit second = await ChildWatcher.WatchAsync(Start(renewed, "false", ["false"], out int _)).WaitAsync(Patience);

        Assert.Equal((1, 0), (first.ExitCode, second.ExitCode));
    }

    [SkippableFact]
    public async Task A_program_started_from_a_clone_has_its_name_and_four_descriptors_of_its_own()
    {
        Require();
        using ExecutableFile file = ExecutableFile.CloneReadOnly(Program);

        // Other descriptors lie on the numbers in question.
        List<SafeFd> others = [.. Enumerable.Range(0, 30).Select(_ => PlainFile.OpenDevice("/dev/null"))];

        // Looked at when the shell waits: it holds an end of the pipe until it has started both halves.
        SafeFd process = Start(file, "sh", ["sh", "-c", $"(sleep 0.2; ls /proc/$$/fd) | cat >{_directory.FullName}/fds; tr '\\0' ' ' </proc/$$/cmdline >{_directory.FullName}/line; true"], out int _);
        await ChildWatcher.WatchAsync(process).WaitAsync(Patience);
        others.ForEach(fd => fd.Dispose());

        Assert.Equal(["0", "1", "2", "3"], File.ReadAllLines($"{_directory.FullName}/fds").Order());
        Assert.StartsWith("sh -c (sleep 0.2; ls", File.ReadAllText($"{_directory.FullName}/line"), StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_file_that_is_not_there_is_an_error_that_names_it()
    {
        Require();
        LinuxException failure = Assert.Throws<LinuxException>(() => ExecutableFile.CloneReadOnly("/no/such/program"));
        Assert.Equal(("open_tree", "/no/such/program", Errno.ENOENT), (failure.Syscall, failure.Subject, failure.Errno));
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private static string Mounts() => File.ReadAllText("/proc/self/mountinfo");

    private SafeFd Start(ExecutableFile file, string name, string[] arguments, out int pid)
    {
        using SafeFd nothing = PlainFile.OpenDevice("/dev/null");
        Assert.Equal(name, arguments[0]);
        return DaemonProcess.Start(file, arguments, ["PATH=/bin:/usr/bin"], nothing, $"{_directory.FullName}/log", out pid);
    }

    private static async Task<int> ChildOfAsync(int pid)
    {
        for (int i = 0; i < 500; i++)
        {
            string children = await File.ReadAllTextAsync($"/proc/{pid}/task/{pid}/children");
            if (children.Length > 0)
            {
                return int.Parse(children.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
            }

            await Task.Delay(10);
        }

        throw new InvalidOperationException("the shell started nothing in 5 s");
    }

    private static async Task<string> ShellAsync(string script)
    {
        using Process shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", script]) { RedirectStandardOutput = true })!;
        string output = await shell.StandardOutput.ReadToEndAsync().WaitAsync(Patience);
        await shell.WaitForExitAsync().WaitAsync(Patience);
        return output;
    }

    private void Require()
    {
        Skip.IfNot(ProcessAttributes.EffectiveUserId == 0, "needs root: clones of mounts");
        Skip.IfNot(File.Exists("/bin/busybox"), "needs the package busybox-static");
        File.Copy("/bin/busybox", Program);
    }
}
