using System.Diagnostics;
using Keelson.Core;
using Keelson.Images;
using Keelson.TestKit;
using Service = Keelson.Images.ImageService;

namespace Keelson.ImageService.Tests.Pull;

/// <summary>An image's layers as a container would see them: a read-only overlay mount, gone when disposed.</summary>
internal sealed class OverlayView : IDisposable
{
    private readonly TemporaryDirectory _directory = new("overlay");
    private readonly ImageLease _lease;

    private OverlayView(ImageLease lease)
    {
        _lease = lease;
        Path = _directory.Sub("merged");
        IEnumerable<string> lower = lease.Image.Layers.Select(layer => layer.Directory.Value).Append(_directory.Sub("empty"));
        Run("mount", "-t", "overlay", "overlay", "-o", "ro,lowerdir=" + string.Join(':', lower), Path);
    }

    internal string Path { get; }

    internal static OverlayView Of(Service service, Digest image) => new(service.Acquire(image.Value));

    public void Dispose()
    {
        Run("umount", Path);
        _lease.Dispose();
        _directory.Dispose();
    }

    internal static void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {errors}");
    }
}
