using Keelson.Linux;
using Keelson.Linux.Native;
using Keelson.Oci.Launch;
using Keelson.Oci.Launch.Engine;
using Keelson.Oci.Spec;

namespace Keelson.Runtime.Tests.Launch;

/// <summary>A volume that another container of the pod changes while this one is launched.</summary>
[Trait("needs", "root")]
public sealed class ExchangedVolumeTests : IDisposable
{
    private const int Launches = 60;

    private readonly EngineHarness _harness = new();
    private TestContainer? _container;

    public void Dispose()
    {
        _harness.Dispose();
        _container?.Dispose();
    }

    [SkippableFact]
    [Trait("CVE", "2021-30465")]
    public async Task A_directory_that_becomes_a_link_in_the_meantime_leads_nowhere_but_into_the_root()
    {
        RootOnly.Require();
        _container = new TestContainer();
        string path = _container.Path;
        foreach (string directory in (string[])["victim/place", "volume/target/place", "content"])
        {
            Directory.CreateDirectory($"{path}/{directory}");
        }

        File.WriteAllText($"{path}/victim/place/host", "the host's");
        File.WriteAllText($"{path}/content/mine", "the container's");
        File.CreateSymbolicLink($"{path}/volume/link", $"{path}/victim");
        RuntimeSpec spec = TestContainer.With(
            TestContainer.Spec("true"),
            null,
            null,
            new MountSpec { Destination = "/volume", Type = "bind", Source = $"{path}/volume", Options = ["rbind"] },
            new MountSpec { Destination = "/volume/target/place", Type = "bind", Source = $"{path}/content", Options = ["bind"] },
            new MountSpec { Destination = "/volume/target/place/made", Type = "bind", Source = $"{path}/content", Options = ["bind"] });

        using var done = new CancellationTokenSource();
        Task<int> exchanges = Task.Run(() => Exchange($"{path}/volume", done.Token));
        int launched = 0;
        for (int i = 0; i < Launches; i++)
        {
            LaunchEngineResult result = _harness.Launch(TestContainer.Compiler.CompileContainer(spec, _container.NewContext(i)));
            if (result.Launched)
            {
                launched++;
                EngineHarness.Wait(result);
            }

            Assert.Equal([$"{path}/victim/place"], Directory.GetFileSystemEntries($"{path}/victim"));
            Assert.Equal([$"{path}/victim/place/host"], Directory.GetFileSystemEntries($"{path}/victim/place"));
        }

        await done.CancelAsync();
        Assert.True(await exchanges > Launches, "the volume was hardly changed");
        Assert.True(launched > 0, "no launch came as far as its mounts");
        Assert.DoesNotContain(path, File.ReadAllText("/proc/self/mountinfo"), StringComparison.Ordinal);
    }

    /// <summary>Directory and link take each other's place, as fast as they can; there is no moment without either.</summary>
    private static unsafe int Exchange(string volume, CancellationToken done)
    {
        using SafeFd directory = PlainFile.TryOpenDirectory(volume, out _)!;
        int count = 0;
        fixed (byte* target = "target"u8, link = "link"u8)
        {
            while (!done.IsCancellationRequested)
            {
                Assert.Equal(0, LibC.renameat2(directory, target, directory, link, LibC.RENAME_EXCHANGE));
                count++;
            }
        }

        return count;
    }
}
