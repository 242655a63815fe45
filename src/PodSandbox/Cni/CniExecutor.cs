using System.Collections;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Keelson.Core;
using Keelson.Linux;

namespace Keelson.Sandboxes.Cni;

/// <summary>Runs one plugin for one command, as the CNI specification says: environment, JSON on stdin, JSON on stdout.</summary>
internal sealed class CniExecutor(ImmutableArray<HostPath> pluginDirectories)
{
    /// <summary>Code of the specification: the container is not known to the plugin, so there is nothing to delete.</summary>
    private const int UnknownContainer = 3;

    private readonly string _searchPath = string.Join(':', pluginDirectories);
    private readonly List<string> _environment = OwnEnvironment();

    /// <summary>The plugin's program; null when no directory has it.</summary>
    internal string? Find(string type)
    {
        foreach (HostPath directory in pluginDirectories)
        {
            string path = directory.Child(type).Value;
            if (File.Exists(path))
            {
                return path;
            }
        }

        return null;
    }

    /// <summary>Runs the plugin and gives what it printed.</summary>
    /// <exception cref="KeelsonException">DeadlineExceeded, Unavailable (it failed, or there is no such program), Internal.</exception>
    internal async Task<string> RunAsync(
        string command, CniNetworkList list, CniPlugin plugin, CniAttachment attachment, string? previousResult, TimeSpan deadline)
    {
        string subject = Subject(command, list, plugin, attachment);
        string program = Require(command, list, plugin, attachment);
        if (deadline <= TimeSpan.Zero)
        {
            throw new KeelsonException(ErrorKind.DeadlineExceeded, $"{subject}: the plugins before it used up the time");
        }

        var invocation = new Command
        {
            Path = program,
            Environment = [.. _environment, .. Variables(command, attachment)],
            Input = Encoding.UTF8.GetBytes(Configuration(list, plugin, attachment, previousResult)),
            Deadline = deadline,
        };
        long start = Stopwatch.GetTimestamp();

        CommandResult result = await RunAsync(invocation, subject);
        if (result.TimedOut)
        {
            throw new KeelsonException(
                ErrorKind.DeadlineExceeded,
                $"{subject} ({program}): killed, it did not answer within {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s{Quote(result.Stderr)}");
        }

        string output = Encoding.UTF8.GetString(result.Stdout.Span);
        return result.ExitCode == 0
            ? output
            : IsUnknownContainer(command, output)
                ? string.Empty
                : throw new KeelsonException(ErrorKind.Unavailable, $"{subject}: {Failure(result, output)}");
    }

    /// <summary>The plugin's program.</summary>
    /// <exception cref="KeelsonException">Unavailable: no directory has it.</exception>
    internal string Require(string command, CniNetworkList list, CniPlugin plugin, CniAttachment attachment) => Find(plugin.Type)
        ?? throw new KeelsonException(
            ErrorKind.Unavailable,
            $"{Subject(command, list, plugin, attachment)}: no such program in {_searchPath.Replace(":", ", ", StringComparison.Ordinal)}");

    private static async Task<CommandResult> RunAsync(Command invocation, string subject)
    {
        try
        {
            // The runner blocks its thread on the plugin, so it gets one of its own.
            return await BlockingThreads.RunAsync(() => CommandRunner.Run(invocation));
        }
        catch (LinuxException failure)
        {
            // A file that is there and cannot be run: no interpreter, no loader, removed since it was looked for.
            throw new KeelsonException(ErrorKind.Unavailable, $"{subject}: {failure.Message}", failure);
        }
    }

    private static string Subject(string command, CniNetworkList list, CniPlugin plugin, CniAttachment attachment) =>
        $"CNI {command} of sandbox {attachment.SandboxId[..12]}: plugin '{plugin.Type}' of network '{list.Name}'";

    private static List<string> OwnEnvironment()
    {
        List<string> own = [];

        // CNI has the plugins inherit it: proxies, paths, credentials of the node.
#pragma warning disable RS0030
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables())
#pragma warning restore RS0030
        {
            if (!((string)entry.Key).StartsWith("CNI_", StringComparison.Ordinal))
            {
                own.Add($"{entry.Key}={entry.Value}");
            }
        }

        return own;
    }

    private string[] Variables(string command, CniAttachment attachment) =>
    [
        $"CNI_COMMAND={command}",
        $"CNI_CONTAINERID={attachment.SandboxId}",
        $"CNI_NETNS={attachment.NetworkNamespace}",
        $"CNI_IFNAME={CniAttachment.Interface}",
        $"CNI_PATH={_searchPath}",
        $"CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAMESPACE={attachment.Pod.Namespace};K8S_POD_NAME={attachment.Pod.Name};"
            + $"K8S_POD_INFRA_CONTAINER_ID={attachment.SandboxId};K8S_POD_UID={attachment.Pod.Uid}",
    ];

    private static string Configuration(CniNetworkList list, CniPlugin plugin, CniAttachment attachment, string? previousResult)
    {
        var config = (JsonObject)JsonNode.Parse(plugin.Text)!;
        config["name"] = list.Name;
        config["cniVersion"] = list.Version;
        JsonObject runtime = CniRuntimeConfig.For(plugin, attachment);
        if (runtime.Count > 0)
        {
            config["runtimeConfig"] = runtime;
        }

        if (previousResult is not null)
        {
            config["prevResult"] = JsonNode.Parse(previousResult);
        }

        return config.ToJsonString();
    }

    private static bool IsUnknownContainer(string command, string output) =>
        command == "DEL" && ErrorOf(output) is { } error && error["code"]?.GetValueKind() == JsonValueKind.Number && (int)error["code"]! == UnknownContainer;

    private static string Failure(CommandResult result, string output)
    {
        if (ErrorOf(output) is not { } error)
        {
            string printed = output.Length == 0 ? string.Empty : $", stdout '{Shorten(output)}'";
            return $"exit code {result.ExitCode} without an error message{printed}{Quote(result.Stderr)}";
        }

        string details = error["details"]?.ToString() is { Length: > 0 } text ? $"; {text}" : string.Empty;
        return $"{error["msg"]}{details} (code {error["code"] ?? "none"}){Quote(result.Stderr)}";
    }

    private static JsonObject? ErrorOf(string output)
    {
        try
        {
            return JsonNode.Parse(output) is JsonObject error && error.ContainsKey("msg") ? error : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Quote(ReadOnlyMemory<byte> stderr) =>
        stderr.IsEmpty ? string.Empty : $", stderr '{Shorten(Encoding.UTF8.GetString(stderr.Span))}'";

    private static string Shorten(string text)
    {
        string line = text.Trim().ReplaceLineEndings(" ");
        return line.Length <= 500 ? line : line[..500] + "...";
    }
}
