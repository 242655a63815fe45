using System.Diagnostics;

namespace Keelson.Shim.Tests.Support;

/// <summary>A FIFO: who opens it waits until its other end is opened.</summary>
internal sealed class Gate
{
    private Gate(string path) => Path = path;

    public string Path { get; }

    /// <summary>Makes one in the shim's own directory of the test; the name may have directories before it.</summary>
    public static Gate Make(ShimHarness shim, string name)
    {
        string path = shim.PathOf(name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        using Process mkfifo = Process.Start("mkfifo", [path]);
        mkfifo.WaitForExit();
        Assert.Equal(0, mkfifo.ExitCode);
        return new Gate(path);
    }

    /// <summary>Opens it to those who would read; waits for the first to come.</summary>
    public Task<FileStream> OpenAsync() => OpenAsync(FileAccess.Write);

    /// <summary>Opens it to those who would write; waits for the first to come.</summary>
    public Task<FileStream> OpenToWritersAsync() => OpenAsync(FileAccess.Read);

    private Task<FileStream> OpenAsync(FileAccess access) =>
        Task.Run(() => new FileStream(Path, FileMode.Open, access, FileShare.ReadWrite, 0)).WaitAsync(ShimHarness.Timeout);
}
