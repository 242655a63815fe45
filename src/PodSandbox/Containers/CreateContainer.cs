using System.Collections.Immutable;
using Keelson.Core;
using Keelson.Oci.Signals;
using Keelson.Sandboxes.Cdi;
using Keelson.Sandboxes.Spec;
using Keelson.Sandboxes.Volumes;
using Microsoft.Extensions.Logging;

namespace Keelson.Sandboxes;

/// <summary>
/// CreateContainer: checks, resolves, fills the image's volumes and records; nothing runs and no cgroup is made. What can
/// hang (paths of the request, which may lie on a dead network file system) is touched on a thread that is left behind
/// after a time.
/// </summary>
internal sealed partial class CreateContainer(PodContext pod)
{
    private static readonly TimeSpan PathDeadline = TimeSpan.FromSeconds(30);

    internal async Task<ContainerId> CreateAsync(CreateContainerRequest request, CancellationToken cancellationToken)
    {
        bool handedOver = false;
        try
        {
            SandboxSnapshot sandbox = pod.Sandboxes.Get(request.SandboxId).Snapshot;
            ContainerRules.Check(request.Config, pod);
            RequireReady(sandbox);
            Task<ContainerId> created = pod.ContainerNames.RunAsync(
                request.Config.Metadata.ReservedNameIn(sandbox.Config.Metadata),
                Fingerprint.Of(request.Config),
                reusable: id => pod.Containers.Find(id) is { Snapshot.State: ContainerState.Created },
                progress => MakeAsync(request, sandbox, progress),
                cancellationToken,
                started: () => handedOver = true);
            return await created;
        }
        finally
        {
            // The job disposes the lease it was started with; that of a request which joined another is given back here.
            if (!handedOver)
            {
                request.Lease?.Dispose();
            }
        }
    }

    private async Task<ContainerId> MakeAsync(CreateContainerRequest request, SandboxSnapshot sandbox, JobProgress progress)
    {
        using IDisposable? lease = request.Lease;
        ContainerConfig config = request.Config;
        progress.Enter("CDI devices");
        CdiInjection? cdi = pod.Cdi.Resolve(config);
        progress.Enter("users of the image");
        ContainerUser user = Users.UserRules.Resolve(config.Security, request.Image.Config.User, pod.ImageFiles.Accounts(request.Image));
        string stopSignal = config.StopSignal.Length > 0 ? config.StopSignal
            : request.Image.Config.StopSignal.Length > 0 ? request.Image.Config.StopSignal : "SIGTERM";
        SignalTable.Parse(stopSignal);
        var identity = new ContainerIdentity
        {
            Id = ContainerId.New(),
            SandboxId = request.SandboxId,
            Config = config,
            Image = request.Image,
            VolumeImages = request.VolumeImages.ToImmutableSortedDictionary(StringComparer.Ordinal),
            Volumes = ImageVolumes.Of(request.Image.Config.Volumes, config.Mounts),
            Cdi = cdi,
            CreatedAtNanoseconds = pod.Host.Now(),
            BootId = pod.Host.BootId,
            LogPath = LogPath(config, sandbox.Config),
            User = user,
            StopSignal = stopSignal,
        };

        progress.Enter("paths of the request");
        await TouchPathsAsync(identity);
        progress.Enter("spec");
        BuiltSpec spec = pod.SpecOf(identity, sandbox, config.Resources);

        // Before the sandbox is held: volumes may hold much.
        progress.Enter("files and volumes");
        await ContainerFiles.MakeAsync(pod.Layout, identity);

        progress.Enter("waiting for another operation on the sandbox");
        using KeyedLock<SandboxId>.Releaser held = await pod.SandboxLocks.AcquireAsync(request.SandboxId, CancellationToken.None);
        progress.Enter("record");
        ContainerEntry entry = Record(identity);
        entry.Spec = spec;
        LogCreated(pod.Log, identity.Id.Short, config.Metadata.Name, sandbox.Id.Short);
        pod.Publish(PodEventKind.Created, sandbox, entry.Snapshot);
        return identity.Id;
    }

    private ContainerEntry Record(ContainerIdentity identity)
    {
        try
        {
            RequireReady(pod.Sandboxes.Get(identity.SandboxId).Snapshot);
            return pod.Containers.Add(identity, new ContainerStatus { State = ContainerState.Created, Resources = identity.Config.Resources });
        }
        catch (KeelsonException)
        {
            ContainerFiles.Remove(pod.Layout, identity.Id);
            throw;
        }
    }

    private static async Task TouchPathsAsync(ContainerIdentity identity)
    {
        string current = string.Empty;
        Task work = BlockingThreads.RunAsync(() =>
        {
            foreach (ContainerMount mount in identity.Config.Mounts.Where(mount => mount.Image is null))
            {
                current = mount.HostPath;
                MakeSource(mount.HostPath);
            }

            if (identity.LogPath.Length > 0)
            {
                current = Path.GetDirectoryName(identity.LogPath)!;
                Directory.CreateDirectory(current, ContainerFiles.Public);
            }
        });
        try
        {
            await work.WaitAsync(PathDeadline);
        }
        catch (TimeoutException)
        {
            throw new KeelsonException(ErrorKind.DeadlineExceeded, $"path '{current}' does not answer within {PathDeadline.TotalSeconds:0} s");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new KeelsonException(ErrorKind.FailedPrecondition, $"path '{current}': {failure.Message}", failure);
        }
    }

    // A hostPath volume without a type names a directory that may not be there yet; Kubernetes leaves making it to the runtime.
    private static void MakeSource(string path)
    {
        if (!Path.Exists(path) && new FileInfo(path).LinkTarget is null)
        {
            Directory.CreateDirectory(path, ContainerFiles.Public);
        }
    }

    private static string LogPath(ContainerConfig config, SandboxConfig sandbox) =>
        config.LogPath.Length == 0 || sandbox.LogDirectory.Length == 0 ? string.Empty : $"{sandbox.LogDirectory.TrimEnd('/')}/{config.LogPath.TrimStart('/')}";

    private static void RequireReady(SandboxSnapshot sandbox)
    {
        if (!sandbox.IsReady)
        {
            throw new KeelsonException(ErrorKind.FailedPrecondition, $"sandbox {sandbox.Id.Short} is not ready");
        }
    }

    [LoggerMessage(7037, LogLevel.Information, "Container {ContainerId} ({Name}) of sandbox {SandboxId} is created")]
    private static partial void LogCreated(ILogger log, string containerId, string name, string sandboxId);
}
