using System.Globalization;
using Keelson.Bench;

// keelson-bench: environment KEELSON_BIN, TEST_IMAGE, optionally PEER (a CRI endpoint) and N (samples, at least 30).
int samples = int.Parse(Environment.GetEnvironmentVariable("N") ?? "40", CultureInfo.InvariantCulture);
string image = Environment.GetEnvironmentVariable("TEST_IMAGE") ?? throw new InvalidOperationException("TEST_IMAGE names no image");
string? peer = Environment.GetEnvironmentVariable("PEER");

using var files = new TemporaryDirectory("bench");
await using KeelsonDaemon daemon = await KeelsonDaemon.StartAsync();
using Target ours = await Target.ConnectAsync(daemon.Endpoint, image, files);
using Target? theirs = string.IsNullOrEmpty(peer) ? null : await Target.ConnectAsync(peer, image, files);
Target[] targets = theirs is null ? [ours] : [ours, theirs];

var report = new Report(targets);
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"n = {samples}, {Environment.ProcessorCount} processors; {string.Join(" beside ", targets.Select(target => target.Name))}"));
await MemoryBench.IdleAsync(report, targets);
await PodStartBench.RunAsync(report, targets, samples, hostNetwork: true);
await PodStartBench.RunAsync(report, targets, samples, hostNetwork: false);
await ExecBench.RunAsync(report, targets, samples * 3);
await MemoryBench.WithPodsAsync(report, targets, pods: 40, samples);
await LogBench.RunAsync(report, targets, files);
report.Print(Console.Out);
return 0;
