using System.Globalization;
using Keelson.Bench;

// keelson-bench: environment KEELSON_BIN, TEST_IMAGE, optionally PEER (a CRI endpoint), N (samples, at least 30) and
// ONLY (of host, cni, exec, memory, logs; comma separated).
int samples = int.Parse(Environment.GetEnvironmentVariable("N") ?? "40", CultureInfo.InvariantCulture);
string image = Environment.GetEnvironmentVariable("TEST_IMAGE") ?? throw new InvalidOperationException("TEST_IMAGE names no image");
string? peer = Environment.GetEnvironmentVariable("PEER");

using var files = new TemporaryDirectory("bench");
// eng/with-containerd.sh gives the peer one too.
using var state = TemporaryDirectory.Volatile("bench");
await using KeelsonDaemon daemon = await KeelsonDaemon.StartAsync(new DaemonOptions { SpareShim = true, State = state });
using Target ours = await Target.ConnectAsync(daemon.Endpoint, image, files);
using Target? theirs = string.IsNullOrEmpty(peer) ? null : await Target.ConnectAsync(peer, image, files);
Target[] targets = theirs is null ? [ours] : [ours, theirs];

var report = new Report(targets);
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"n = {samples}, {Environment.ProcessorCount} processors; {string.Join(" beside ", targets.Select(target => target.Name))}"));
string[]? only = Environment.GetEnvironmentVariable("ONLY")?.Split(',');
await Part("memory", () => MemoryBench.IdleAsync(report, targets));
await Part("host", () => PodStartBench.RunAsync(report, targets, samples, hostNetwork: true));
await Part("cni", () => PodStartBench.RunAsync(report, targets, samples, hostNetwork: false));
await Part("exec", () => ExecBench.RunAsync(report, targets, samples * 3));
await Part("memory", () => MemoryBench.WithPodsAsync(report, targets, pods: 40, samples));
await Part("logs", () => LogBench.RunAsync(report, targets, files));
report.Print(Console.Out);
return 0;

Task Part(string name, Func<Task> run) => only is null || only.Contains(name) ? run() : Task.CompletedTask;
