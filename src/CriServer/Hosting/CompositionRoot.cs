using Keelson.CriServer.Configuration;
using Keelson.Images;
using Keelson.Sandboxes;
using Microsoft.Extensions.Logging;

namespace Keelson.CriServer.Hosting;

/// <summary>The one place where the parts of the daemon are put together.</summary>
internal static class CompositionRoot
{
    internal static Domain Compose(KeelsonOptions options, ILoggerFactory loggers)
    {
        PodRuntime runtime = PodRuntimeFactory.Create(RuntimeOptions(options), loggers);
        ImageService images = ImageService.Open(
            ImageOptions(options), runtime.LayerUsers, TimeProvider.System, loggers.CreateLogger<ImageService>());
        return new Domain(runtime, images, async cancellationToken =>
        {
            await runtime.RecoverAsync(cancellationToken);

            // Only now is it known which layers containers stand on.
            images.CollectLayers();
        });
    }

    private static PodRuntimeOptions RuntimeOptions(KeelsonOptions options) => new()
    {
        Root = options.Root,
        State = options.State,
        ShimBinary = options.Shim,
        CgroupParent = options.CgroupParent,
        SpareShim = options.SpareShim,
        RuntimeHandlers = options.RuntimeHandlers,
        CdiSpecDirectories = options.CdiSpecDirectories,
        DefaultRlimits = options.DefaultRlimits,
        CniConfigDirectory = options.CniConfigurationDirectory,
        CniPluginDirectories = options.CniPluginDirectories,
        CniAddDeadline = options.CniAddTimeout,
        CniDelDeadline = options.CniDelTimeout,
    };

    private static ImageServiceOptions ImageOptions(KeelsonOptions options) => new()
    {
        Root = options.Root,
        Registries = options.Registries,
        ConcurrentLayers = options.ConcurrentLayers,
        ConnectTimeout = options.ConnectTimeout,
        ProgressTimeout = options.ProgressTimeout,
        PinnedImages = options.PinnedImages,
        UserAgent = $"{Product.Name}/{Product.Version}",
    };
}
