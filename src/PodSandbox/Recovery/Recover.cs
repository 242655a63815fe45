using System.Collections.Immutable;
using Keelson.Core;
using Keelson.Oci.Shims;
using Microsoft.Extensions.Logging;

namespace Keelson.Sandboxes.Recovery;

/// <summary>
/// A new daemon takes over:
/// <list type="number">
/// <item>half-removed directories are deleted;</item>
/// <item>records are read; one that cannot be read is put aside, never fatal;</item>
/// <item>names are bound again;</item>
/// <item>the shims of this boot's sandboxes are found, all at once and each with its own deadline, and sandboxes that
/// were being made are taken back;</item>
/// <item>what belongs to no record is removed.</item>
/// </list>
/// </summary>
internal sealed partial class Recover(PodContext pod, ContainerExits exits)
{
    private const int AtOnce = 32;

    private readonly List<SandboxIdentity> _unfinished = [];

    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        pod.Layout.MakeDirectories();

        // Step 1.
        Trash.Sweep(pod.Layout.Sandboxes);
        Trash.Sweep(pod.Layout.Containers);

        // Steps 2 and 3.
        ReadRecords();

        // Step 4.
        Task takenBack = EachAsync(_unfinished, (sandbox, _) => new UnfinishedSandbox(pod).TakeBackAsync(sandbox), cancellationToken);
        await EachAsync(pod.Sandboxes.All, RecoverSandboxAsync, cancellationToken);
        await takenBack;
        foreach (ContainerSnapshot container in pod.Containers.All.Where(container => ContainerTransitions.MayRun(container.State)))
        {
            // Its sandbox has no record, or the shim did not know it.
            if (pod.Shims.TryGet(container.SandboxId) is null)
            {
                exits.ApplyRecordOrUnknown(pod.Containers.Get(container.Id), "it ended while nobody was there to see it");
            }
        }

        // Step 5.
        await new Sweep(pod).RunAsync();
        LogRecovered(pod.Log, pod.Sandboxes.All.Length, pod.Containers.All.Length);
    }

    private void ReadRecords()
    {
        foreach (string name in Names(pod.Layout.Sandboxes))
        {
            if (WasNeverTold(pod.Layout.Sandboxes, name, SandboxId.TryParse(name, out _), lines: 1))
            {
                continue;
            }

            Read(pod.Layout.Sandboxes, name, () =>
            {
                var id = SandboxId.Parse(name);
                if (pod.Sandboxes.FindUnfinished(id) is { } unfinished)
                {
                    _unfinished.Add(unfinished);
                    return;
                }

                SandboxEntry entry = pod.Sandboxes.Load(id);
                pod.SandboxNames.Hold(entry.Snapshot.Config.Metadata.ReservedName, Fingerprint.Of(entry.Snapshot.Config), entry.Id);
            });
        }

        foreach (string name in Names(pod.Layout.Containers))
        {
            if (WasNeverTold(pod.Layout.Containers, name, ContainerId.TryParse(name, out _), lines: 2))
            {
                continue;
            }

            Read(pod.Layout.Containers, name, () =>
            {
                ContainerEntry entry = pod.Containers.Load(ContainerId.Parse(name));
                ContainerConfig config = entry.Snapshot.Config;
                if (pod.Sandboxes.Find(entry.Snapshot.SandboxId) is { } sandbox)
                {
                    pod.ContainerNames.Hold(config.Metadata.ReservedNameIn(sandbox.Snapshot.Config.Metadata), Fingerprint.Of(config), entry.Id);
                }
            });
        }
    }

    /// <summary>
    /// A directory whose record is shorter than <paramref name="lines"/> is removed. A sandbox's identity is written before
    /// anything is made for it, a container's record after all of it lies in the directory: nothing else is there, and
    /// nobody was told of it.
    /// </summary>
    private bool WasNeverTold(HostPath parent, string name, bool isId, int lines)
    {
        HostPath directory = parent.Child(name);
        if (!isId || RecordFile.CountLines(directory) >= lines)
        {
            return false;
        }

        LogUnfinished(pod.Log, directory.Value);
        Trash.Discard(parent, directory);
        return true;
    }

    private void Read(HostPath parent, string name, Action read)
    {
        try
        {
            read();
        }
        catch (KeelsonException failure)
        {
            LogQuarantined(pod.Log, parent.Child(name).Value, failure.Message);
            try
            {
                StateDirectory.Make(pod.Layout.Quarantine);
                Directory.Move(parent.Child(name).Value, pod.Layout.Quarantine.Child($"{parent.Name}-{name}-{pod.Host.Now()}").Value);
            }
            catch (Exception stuck) when (stuck is KeelsonException or IOException or UnauthorizedAccessException)
            {
                LogStuck(pod.Log, parent.Child(name).Value, stuck.Message);
            }
        }
    }

    private async Task RecoverSandboxAsync(SandboxSnapshot sandbox, CancellationToken cancellationToken)
    {
        SandboxEntry entry = pod.Sandboxes.Get(sandbox.Id);
        ImmutableArray<ContainerEntry> containers = pod.Containers.Of(sandbox.Id);
        if (sandbox.Identity.BootId != pod.Host.BootId)
        {
            // Processes and namespaces of another boot are gone; the network's bookkeeping on disk is not, so DEL comes with stop.
            End(entry, containers, "the node was restarted");
            return;
        }

        if (sandbox.Status.Released)
        {
            End(entry, containers, "its sandbox is stopped");
            return;
        }

        try
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            deadline.CancelAfter(pod.Options.ReconnectDeadline);
            ImmutableArray<ShimProcess> processes = await pod.Shims.ConnectAsync(sandbox.Id, deadline.Token);
            Reconcile(entry, containers, processes.ToDictionary(process => process.ProcessId, StringComparer.Ordinal));
        }
        catch (Exception failure) when (failure is KeelsonException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            LogShimGone(pod.Log, sandbox.Id.Short, failure.Message);
            await KillLeftoversAsync(entry, containers);
            End(entry, containers, "the shim that ran it is gone");
        }
    }

    private void Reconcile(SandboxEntry entry, ImmutableArray<ContainerEntry> containers, Dictionary<string, ShimProcess> processes)
    {
        if (!processes.TryGetValue(entry.Id.Value, out ShimProcess? pause) || pause.Exit is not null)
        {
            entry.Update(status => status.State == SandboxState.Ready ? status with { State = SandboxState.NotReady, PausePid = 0 } : status);
        }

        foreach (ContainerEntry container in containers)
        {
            ShimProcess? process = processes.GetValueOrDefault(container.Id.Value);
            switch (container.Snapshot.State)
            {
                case ContainerState.Starting when process is not null:
                    // The daemon ended between the launch and the record of it.
                    container.Update(status => status with
                    {
                        State = ContainerState.Running,
                        Pid = process.Pid,
                        StartedAtNanoseconds = process.StartedAtNanoseconds,
                    });
                    break;
                case ContainerState.Starting or ContainerState.Running or ContainerState.Unknown when process is null:
                    exits.ApplyRecordOrUnknown(container, "its shim does not know it");
                    break;
            }

            if (process?.Exit is { } exit)
            {
                exits.Apply(container, exit);
            }
        }
    }

    private void End(SandboxEntry entry, ImmutableArray<ContainerEntry> containers, string why)
    {
        entry.Update(status => status.State == SandboxState.Ready ? status with { State = SandboxState.NotReady, PausePid = 0, Addresses = [] } : status);
        foreach (ContainerEntry container in containers)
        {
            exits.ApplyRecordOrUnknown(container, why);
        }
    }

    private async Task KillLeftoversAsync(SandboxEntry entry, ImmutableArray<ContainerEntry> containers)
    {
        foreach (ContainerEntry container in containers.Where(container => ContainerTransitions.MayRun(container.Snapshot.State)))
        {
            try
            {
                using var deadline = new CancellationTokenSource(pod.Options.KillDeadline);
                await pod.CgroupOf(container.Snapshot.Identity, entry.Snapshot.Config).KillAllAsync(deadline.Token);
            }
            catch (Exception failure) when (failure is KeelsonException or OperationCanceledException)
            {
                LogStuck(pod.Log, container.Id.Value, failure.Message);
            }
        }
    }

    private static string[] Names(HostPath directory) =>
        [.. Directory.EnumerateDirectories(directory.Value).Select(path => Path.GetFileName(path)!).Where(name => name[0] != '.')];

    private static Task EachAsync<T>(IEnumerable<T> items, Func<T, CancellationToken, Task> work, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(
            items,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (item, token) => await work(item, token));

    [LoggerMessage(7050, LogLevel.Information, "Took over {Sandboxes} sandboxes and {Containers} containers")]
    private static partial void LogRecovered(ILogger log, int sandboxes, int containers);

    [LoggerMessage(7056, LogLevel.Information, "Removing {Path}, the creation of which was cut short")]
    private static partial void LogUnfinished(ILogger log, string path);

    [LoggerMessage(7051, LogLevel.Error, "Record {Path} cannot be read and is put aside: {Reason}")]
    private static partial void LogQuarantined(ILogger log, string path, string reason);

    [LoggerMessage(7052, LogLevel.Error, "Cannot clean up {Subject}: {Reason}")]
    private static partial void LogStuck(ILogger log, string subject, string reason);

    [LoggerMessage(7053, LogLevel.Warning, "The shim of sandbox {SandboxId} is gone: {Reason}")]
    private static partial void LogShimGone(ILogger log, string sandboxId, string reason);
}
