using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Keelson.Runtime.Tests.Launch;

/// <summary>As GcPollTests, for the published shim: runs where `make publish` or `dotnet publish` has left one with its symbols.</summary>
public class AotGcPollTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [SkippableFact]
    public async Task The_published_shims_after_clone_zone_never_looks_at_the_collector()
    {
        Skip.IfNot(RuntimeInformation.ProcessArchitecture == Architecture.X64, "reads x86-64 code");
        Skip.IfNot(File.Exists("/usr/bin/objdump"), "needs binutils");
        string? shim = FindPublishedShim();
        Skip.If(shim is null, "no published keelson-shim with symbols below artifacts/publish");

        string[] symbols = (await RunAsync("nm", "-S", $"{shim}.dbg")).Split('\n');
        string zone = symbols.Single(line => line.EndsWith("AfterClone__CloneAndRun", StringComparison.Ordinal) && line.Contains(" t ", StringComparison.OrdinalIgnoreCase));
        string trap = symbols.Single(line => line.EndsWith(" RhpTrapThreads", StringComparison.Ordinal)).Split(' ')[0].TrimStart('0');
        long start = long.Parse(zone.Split(' ')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        long size = long.Parse(zone.Split(' ')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);

        string[] code = (await RunAsync("objdump", "-d", $"--start-address={start}", $"--stop-address={start + size}", shim!)).Split('\n');
        string[] calls = [.. code.Where(line => line.Contains("call ", StringComparison.Ordinal))];
        Assert.NotEmpty(calls);
        Assert.All(calls, call => Assert.Contains("call   *", call, StringComparison.Ordinal));
        Assert.DoesNotContain(code, line => line.Contains(trap, StringComparison.Ordinal));
        Assert.DoesNotContain(symbols, line => line.Contains("PlanCompiler", StringComparison.Ordinal) || line.Contains("PlanBuilder", StringComparison.Ordinal));
    }

    private static string? FindPublishedShim()
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists($"{directory.FullName}/Keelson.slnx"))
        {
            directory = directory.Parent;
        }

        string published = $"{directory?.FullName}/artifacts/publish/Shim";
        return directory is null || !Directory.Exists(published)
            ? null
            : Directory.EnumerateFiles(published, "keelson-shim", SearchOption.AllDirectories).FirstOrDefault(path => File.Exists($"{path}.dbg"));
    }

    private static async Task<string> RunAsync(string program, params string[] args)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, args) { RedirectStandardOutput = true })!;
        string output = await process.StandardOutput.ReadToEndAsync().WaitAsync(Patience);
        await process.WaitForExitAsync().WaitAsync(Patience);
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
