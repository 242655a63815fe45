using System.Diagnostics;

namespace Keelson.Linux.Tests.Mounts;

public sealed class EmptyMountNamespaceTests
{
    [SkippableFact]
    public void It_holds_one_read_only_mount_and_the_host_sees_none_of_it()
    {
        Skip.If(ProcessAttributes.EffectiveUserId != 0, "needs root: a mount namespace");
        string[] before = File.ReadAllLines("/proc/self/mountinfo");

        using SafeFd? made = EmptyMountNamespace.TryCreate(out Errno error);

        Assert.Equal(Errno.None, error);
        Assert.Equal(before, File.ReadAllLines("/proc/self/mountinfo"));
        Assert.NotEqual(File.ResolveLinkTarget("/proc/self/ns/mnt", false)!.Name, File.ResolveLinkTarget($"/proc/self/fd/{made!.Number}", false)!.Name);

        // Inside there is nothing that could be executed.
        using Process nsenter = Process.Start(new ProcessStartInfo("nsenter", [$"--mount=/proc/{Environment.ProcessId}/fd/{made.Number}", "/nothing"]) { RedirectStandardError = true })!;
        string told = nsenter.StandardError.ReadToEnd();
        nsenter.WaitForExit();
        Assert.Equal(127, nsenter.ExitCode);
        Assert.Contains("No such file", told, StringComparison.Ordinal);
    }
}
