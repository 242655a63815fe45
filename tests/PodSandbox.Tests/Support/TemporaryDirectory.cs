using Keelson.Core;

namespace Keelson.PodSandbox.Tests;

/// <summary>A directory of its own for one test.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    internal TemporaryDirectory() => Path = HostPath.Parse(Directory.CreateTempSubdirectory("keelson-sandboxes-").FullName);

    internal HostPath Path { get; }

    public void Dispose() => Directory.Delete(Path.Value, recursive: true);
}
