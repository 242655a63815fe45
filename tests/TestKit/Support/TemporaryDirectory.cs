namespace Keelson.TestKit;

/// <summary>A directory that goes when the test ends.</summary>
public sealed class TemporaryDirectory : IDisposable
{
    public TemporaryDirectory(string purpose) => HostPath = Directory.CreateTempSubdirectory($"keelson-{purpose}-").FullName;

    private TemporaryDirectory(DirectoryInfo directory) => HostPath = directory.FullName;

    public string HostPath { get; }

    /// <summary>One on a tmpfs, as /run is on any node.</summary>
    public static TemporaryDirectory Volatile(string purpose) =>
        new(Directory.CreateDirectory($"/dev/shm/keelson-{purpose}-{Path.GetRandomFileName()}"));

    public static implicit operator string(TemporaryDirectory directory) => directory.HostPath;

    public string Sub(string relative)
    {
        string path = $"{HostPath}/{relative}";
        Directory.CreateDirectory(path);
        return path;
    }

    public string Write(string relative, string text)
    {
        string path = $"{HostPath}/{relative}";
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    public void Dispose()
    {
        if (Directory.Exists(HostPath))
        {
            Directory.Delete(HostPath, recursive: true);
        }
    }
}
