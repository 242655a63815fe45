using Keelson.Core;

namespace Keelson.PodSandbox.Tests;

/// <summary>A directory of its own for one test.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    internal TemporaryDirectory() => Path = HostPath.Parse(Directory.CreateTempSubdirectory("keelson-sandboxes-").FullName);

    internal HostPath Path { get; }

    public void Dispose()
    {
        for (int tries = 0; ; tries++)
        {
            try
            {
                Directory.Delete(Path.Value, recursive: true);
                return;
            }
            catch (IOException) when (tries < 50)
            {
                // What the runtime removes in the background may vanish under the walk.
                Thread.Sleep(20);
            }
        }
    }
}
