using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace Keelson.TestKit;

/// <summary>
/// The published daemon, with everything of its own: state, socket, cgroups, bridge, subnet. It can be stopped, killed and
/// started again on the same state, and is not disposed of without having left anything behind.
/// </summary>
public sealed partial class KeelsonDaemon : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(15);

    private readonly TemporaryDirectory _work;
    private readonly DaemonLog _log = new();
    private Process? _process;

    private KeelsonDaemon(DaemonOptions options)
    {
        // Short: a Unix socket's path has 107 bytes.
        _work = new TemporaryDirectory("d");
        Options = options;
        int number = Random.Shared.Next(1, 250);
        Bridge = string.Create(CultureInfo.InvariantCulture, $"kt{Environment.ProcessId % 10000}x{number}");
        Subnet = string.Create(CultureInfo.InvariantCulture, $"10.{Random.Shared.Next(100, 200)}.{number}");
        CgroupParent = "/keelson-test-" + Path.GetFileName(_work.HostPath)["keelson-d-".Length..].ToLowerInvariant();
    }

    public DaemonOptions Options { get; }

    public string Bridge { get; }

    /// <summary>The first three numbers of the pods' addresses.</summary>
    public string Subnet { get; }

    public string CgroupParent { get; }

    public string Root => Options.Root ?? $"{_work.HostPath}/root";

    public string State => Options.State ?? $"{_work.HostPath}/state";

    public string NetworkConfigurationDirectory => $"{_work.HostPath}/cni/conf";

    public string ConfigurationPath => $"{_work.HostPath}/config.yaml";

    public string SocketPath => $"{State}/keelson.sock";

    public string Endpoint => "unix://" + SocketPath;

    public bool IsRunning => _process is { HasExited: false };

    public int ProcessId => _process?.Id ?? throw new InvalidOperationException("the daemon is not running");

    public IReadOnlyList<string> LogLines => _log.Lines;

    /// <summary>Where the published binaries are; the test is skipped where nobody published them.</summary>
    public static string Binary
    {
        get
        {
            string? directory = Environment.GetEnvironmentVariable("KEELSON_BIN");
            Skip.If(directory is null, "needs published binaries: KEELSON_BIN names no directory (make publish)");
            return $"{directory}/keelson";
        }
    }

    /// <summary>What on this host is this daemon's.</summary>
    public LeakScope LeakScope => new()
    {
        MountPrefixes = [_work.HostPath, "/run/netns/keelson-", "/var/run/netns/keelson-"],
        CgroupParents = [CgroupParent],
        ProcessMarks = [State],
        FileRoots = [$"{Root}/containers", $"{Root}/sandboxes", $"{Root}/cni", $"{State}/shims", $"{State}/pods", $"{_work.HostPath}/cni/addresses/{Bridge}"],
        Bridge = Bridge,
    };

    public static async Task<KeelsonDaemon> StartAsync(DaemonOptions? options = null)
    {
        Needs.Root();
        var daemon = new KeelsonDaemon(options ?? new DaemonOptions());
        daemon.WriteConfiguration();
        await daemon.StartAgainAsync();
        return daemon;
    }

    /// <summary>Starts the daemon on the state it has, and waits until it has found its pods again.</summary>
    public async Task StartAgainAsync()
    {
        _process = Launch();
        using var client = new CriClient(Endpoint);
        await Eventually.IsTrueAsync("the daemon answers", async () =>
        {
            if (_process.HasExited)
            {
                // Until the last line is read.
                await _process.WaitForExitAsync();
                throw new InvalidOperationException($"the daemon ended with code {_process.ExitCode}:\n{string.Join('\n', LogLines)}");
            }

            try
            {
                // Version is answered from the first moment; the pods of an earlier run may still be looked up.
                await client.ListPodSandboxAsync(new());
                return true;
            }
            catch (CriException e) when (e.Status == CriStatus.Unavailable)
            {
                return false;
            }
        }, StartTimeout);
    }

    /// <summary>Starts a further process on the same configuration, for what must be refused.</summary>
    public Process Launch()
    {
        string[] serve = ["serve", "--config", ConfigurationPath];
        ProcessStartInfo start = Options.Umask is { } umask
            ? new("/bin/sh", ["-c", $"umask {umask}; exec \"$0\" \"$@\"", Binary, .. serve])
            : new(Binary, serve);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.RedirectStandardInput = true;
        Process process = Process.Start(start) ?? throw new InvalidOperationException("could not start the daemon");
        process.StandardInput.Close();
        process.OutputDataReceived += (_, e) => _log.Add(e.Data);
        process.ErrorDataReceived += (_, e) => _log.Add(e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    /// <summary>SIGKILL, as a crash or an out-of-memory kill would.</summary>
    public async Task KillAsync()
    {
        Process process = _process ?? throw new InvalidOperationException("the daemon is not running");
        process.Kill();
        await process.WaitForExitAsync().WaitAsync(StopTimeout);
        process.Dispose();
        _process = null;
    }

    /// <summary>SIGTERM, as an upgrade would; returns the exit code.</summary>
    public async Task<int> StopAsync()
    {
        Process process = _process ?? throw new InvalidOperationException("the daemon is not running");
        (await Command.RunAsync("/bin/kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)])).Succeeded();
        await process.WaitForExitAsync().WaitAsync(StopTimeout);
        int code = process.ExitCode;
        process.Dispose();
        _process = null;
        return code;
    }

    public async ValueTask DisposeAsync()
    {
        if (!IsRunning && Directory.Exists(State))
        {
            // Its shims live on: only a daemon can take them down in an orderly way.
            await StartAgainAsync();
        }

        try
        {
            await RemoveAllPodsAsync();
        }
        finally
        {
            await StopAsync();
        }

        if (Directory.Exists($"/sys/class/net/{Bridge}"))
        {
            await Command.RunAsync("ip", ["link", "delete", Bridge]);
        }

        RemoveCgroups();
        _work.Dispose();
    }

    /// <summary>Stops and removes every pod, as a kubelet that drains its node.</summary>
    public async Task RemoveAllPodsAsync()
    {
        using var client = new CriClient(Endpoint);
        foreach (Cri.PodSandbox sandbox in (await client.ListPodSandboxAsync(new())).Items)
        {
            await client.StopPodSandboxAsync(new() { PodSandboxId = sandbox.Id });
            await client.RemovePodSandboxAsync(new() { PodSandboxId = sandbox.Id });
        }
    }

    /// <summary>The daemon does not own the parent it was told to use, so it leaves it.</summary>
    private void RemoveCgroups()
    {
        foreach (string hierarchy in Directory.EnumerateDirectories("/sys/fs/cgroup").Append("/sys/fs/cgroup"))
        {
            // A killed daemon leaves the shims' group for the next one.
            foreach (string group in (string[])[$"{hierarchy}{CgroupParent}/shims", hierarchy + CgroupParent])
            {
                if (Directory.Exists(group))
                {
                    Directory.Delete(group);
                }
            }
        }
    }
}
