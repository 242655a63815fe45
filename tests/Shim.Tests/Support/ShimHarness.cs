using System.Text;
using Keelson.Core;
using Keelson.Linux;
using Keelson.Oci.Launch;
using Keelson.Oci.Launch.Building;
using Keelson.Oci.Launch.Engine;
using Keelson.Oci.Shims;

namespace Keelson.Shim.Tests.Support;

/// <summary>
/// A real shim process, spawned and spoken to as the daemon does, with plans that only execute a program. Uses the
/// binary named by KEELSON_SHIM (make aot-check), else the development build beside the tests.
/// </summary>
internal sealed class ShimHarness : IAsyncDisposable
{
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private ShimHarness(string directory, ShimClient client)
    {
        Root = directory;
        Client = client;
    }

    public string Root { get; }

    public ShimClient Client { get; private set; }

    public HostPath ShimDirectory => HostPath.Parse(Root + "/shim");

    public static HostPath Binary
    {
        get
        {
            // The apphost of a development build looks for its runtime here; a published shim needs nothing.
            Environment.SetEnvironmentVariable("DOTNET_ROOT", Path.GetDirectoryName(Environment.ProcessPath));
            return HostPath.Parse(Environment.GetEnvironmentVariable("KEELSON_SHIM") ?? AppContext.BaseDirectory + "keelson-shim");
        }
    }

    /// <summary>A read-only clone, as daemons use, takes root.</summary>
    public static ShimProgram Program => ProcessAttributes.EffectiveUserId == 0 ? new ShimProgram(Binary) : ShimProgram.InPlace(Binary);

    public static CancellationToken Soon() => new CancellationTokenSource(Timeout).Token;

    public static async Task<ShimHarness> StartAsync()
    {
        string root = Directory.CreateTempSubdirectory("keelson-shim-").FullName;
        ShimClient client = await ShimSpawner.SpawnAsync(Program, HostPath.Parse(root + "/shim"), SandboxId.New(), Soon());
        return new ShimHarness(root, client);
    }

    /// <summary>What a restarted daemon does.</summary>
    public async Task ReconnectAsync()
    {
        await Client.DisposeAsync();
        Client = await ConnectAsync();
    }

    public Task<ShimClient> ConnectAsync() => ShimClient.ConnectAsync(ShimDirectory, Soon());

    public string PathOf(string name) => Path.Join(Root, name);

    public string ShimLog => File.ReadAllText(ShimDirectory.Child("shim.log").Value);

    public async Task<LaunchOutcome> LaunchAsync(LaunchRequest request)
    {
        LaunchOutcome outcome = await Client.LaunchAsync(request, Soon());
        Assert.True(outcome.Launched, $"step {outcome.FailedStep} errno {outcome.Errno} {outcome.Error}");
        return outcome;
    }

    public LaunchRequest Shell(string id, string script) => new()
    {
        ProcessId = id,
        Plan = Plan("/bin/sh", "-c", script).Image,
        LogPath = PathOf(id + ".log"),
        ExitRecordPath = PathOf(id + ".exit"),
    };

    public Task<ExecSyncOutcome> ExecAsync(string target, string script, TimeSpan timeout = default, Func<ExecSyncRequest, ExecSyncRequest>? change = null)
    {
        var request = new ExecSyncRequest { TargetProcessId = target, Plan = Plan("/bin/sh", "-c", script).Image, Timeout = timeout };
        return Client.ExecSyncAsync(change?.Invoke(request) ?? request, Soon());
    }

    public async Task<ProcessExit> NextExitAsync() => await Client.Exits.ReadAsync(Soon());

    /// <summary>The contents of a CRI log: what the stream was, and each line's tag and content.</summary>
    public static (string Stream, string Tag, string Content)[] ReadLog(string path) =>
    [
        .. File.ReadAllText(path, Encoding.Latin1).Split('\n')[..^1].Select(line =>
        {
            string[] parts = line.Split(' ', 4);
            Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$", parts[0]);
            return (parts[1], parts[2], parts[3]);
        }),
    ];

    public static LaunchPlan Plan(string path, params string[] args) => Plan(path, args, static _ => { });

    /// <summary>The plan with further steps before its execve.</summary>
    public static LaunchPlan Plan(string path, string[] args, Action<PlanBuilder> addSteps)
    {
        var builder = new PlanBuilder();
        builder.Add("setsid", "setsid");
        builder.Add("prctl PR_SET_CHILD_SUBREAPER", "prctl", 36, 1);
        builder.Add("sigmask", "rt_sigprocmask", 2, builder.Bytes(new byte[8]), 0, 8);
        for (int i = 0; i < 3; i++)
        {
            builder.Add($"dup3 to {i}", "dup3", new PlanSlot((ushort)i), i, 0);
        }

        builder.Add("close_range", "close_range", 3, uint.MaxValue, 4);
        addSteps(builder);
        builder.Add("mark", "getpid").Into(new PlanSlot(PlanSlots.Marker));
        PlanData argv = builder.Pointers([.. args.Prepend(path).Select(builder.Text)]);
        PlanData envp = builder.Pointers([builder.Text("PATH=/usr/sbin:/usr/bin:/sbin:/bin")]);
        builder.Add("execve", "execve", builder.Text(path), argv, envp);
        return builder.Build();
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await Client.ShutdownAsync(Soon());
        }
        catch (KeelsonException)
        {
            // The test ended it.
        }

        await Client.DisposeAsync();
        Directory.Delete(Root, recursive: true);
    }
}
