using System.Collections.Immutable;
using System.Diagnostics;
using Keelson.Core;

namespace Keelson.Sandboxes.Cni;

/// <summary>Connects sandboxes by executing the plugins of the first valid configuration list.</summary>
internal sealed class CniPodNetwork : IPodNetwork
{
    private readonly CniConfigDirectory _configurations;
    private readonly CniExecutor _executor;
    private readonly CniOptions _options;

    internal CniPodNetwork(CniOptions options)
    {
        _options = options;
        _configurations = new CniConfigDirectory(options.ConfigDirectory);
        _executor = new CniExecutor(options.PluginDirectories);
    }

    public NetworkStatus Status()
    {
        if (_configurations.Current(out string problem) is not { } list)
        {
            return new NetworkStatus(false, "NetworkPluginNotReady", problem);
        }

        string? missing = list.Plugins.Select(plugin => plugin.Type).FirstOrDefault(type => _executor.Find(type) is null);
        return missing is null
            ? new NetworkStatus(true, string.Empty, string.Empty)
            : new NetworkStatus(
                false, "NetworkPluginNotReady", $"CNI plugin '{missing}' of '{list.Source}': no such program in {string.Join(", ", _options.PluginDirectories)}");
    }

    public async Task<ImmutableArray<string>> AttachAsync(CniAttachment attachment)
    {
        CniNetworkList list = _configurations.Current(out string problem)
            ?? throw new KeelsonException(ErrorKind.Unavailable, $"network of sandbox {attachment.SandboxId[..12]}: {problem}");

        // All of them before any runs: a list that cannot be finished is not begun, so nothing has to be taken back.
        foreach (CniPlugin plugin in list.Plugins)
        {
            _executor.Require("ADD", list, plugin, attachment);
        }

        // Before the first plugin runs: after a crash in the middle DEL must know what to undo.
        var entry = new CniCacheEntry(attachment, list.Source, list.Text, ResultText: null);
        StateJson.Write(CacheFile(attachment.SandboxId), entry, CniJson.Default.StateFileCniCacheEntry);

        long end = Stopwatch.GetTimestamp() + (long)(_options.AddDeadline.TotalSeconds * Stopwatch.Frequency);
        CniResult? result = null;
        foreach (CniPlugin plugin in list.Plugins)
        {
            string? previous = CniVersions.AddTakesPreviousResult(list.Version) ? result?.Text : null;
            string output = await _executor.RunAsync("ADD", list, plugin, attachment, previous, Left(end));
            result = CniResult.Parse(output, plugin.Type);
        }

        StateJson.Write(CacheFile(attachment.SandboxId), entry with { ResultText = result!.Text }, CniJson.Default.StateFileCniCacheEntry);
        return result.Addresses.IsEmpty
            ? throw new KeelsonException(
                ErrorKind.Unavailable, $"network of sandbox {attachment.SandboxId[..12]}: the plugins of '{list.Source}' gave it no address")
            : result.Addresses;
    }

    public async Task DetachAsync(string sandboxId)
    {
        HostPath file = CacheFile(sandboxId);
        if (!File.Exists(file.Value))
        {
            return;
        }

        CniCacheEntry entry = StateJson.Read(file, CniJson.Default.StateFileCniCacheEntry);
        CniNetworkList list = CniNetworkList.Parse(entry.ConfigText, entry.ConfigSource);

        // A namespace that is gone is told as an empty name: a plugin then gives back what it keeps elsewhere.
        CniAttachment attachment = File.Exists(entry.Attachment.NetworkNamespace)
            ? entry.Attachment
            : entry.Attachment with { NetworkNamespace = string.Empty };
        string? previous = CniVersions.DelTakesPreviousResult(list.Version) ? entry.ResultText : null;
        long end = Stopwatch.GetTimestamp() + (long)(_options.DelDeadline.TotalSeconds * Stopwatch.Frequency);
        foreach (CniPlugin plugin in list.Plugins.Reverse())
        {
            await _executor.RunAsync("DEL", list, plugin, attachment, previous, Left(end));
        }

        File.Delete(file.Value);
    }

    public string? ResultOf(string sandboxId)
    {
        try
        {
            return StateJson.Read(CacheFile(sandboxId), CniJson.Default.StateFileCniCacheEntry).ResultText;
        }
        catch (KeelsonException)
        {
            // Only shown to people: none, or one that cannot be read.
            return null;
        }
    }

    public ImmutableArray<string> Recorded() => Directory.Exists(_options.CacheDirectory.Value)
        ? [.. Directory.EnumerateFiles(_options.CacheDirectory.Value, "*.json").Select(file => Path.GetFileNameWithoutExtension(file)!)]
        : [];

    private HostPath CacheFile(string sandboxId) => _options.CacheDirectory.Child(sandboxId + ".json");

    private static TimeSpan Left(long end) => Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), end);
}
