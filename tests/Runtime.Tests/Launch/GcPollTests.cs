using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Keelson.Runtime.Tests.Launch;

public class GcPollTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Rule 3 of the after-clone zone. A garbage collection poll there makes 5 of 100 launches hang under load, so its
    /// absence is read from the machine code: every call is through a pointer, none is a helper of the runtime.
    /// </summary>
    [SkippableFact]
    public async Task The_after_clone_zone_calls_nothing_of_the_runtime()
    {
        Skip.IfNot(RuntimeInformation.ProcessArchitecture == Architecture.X64, "reads x86-64 code");
        string listing = Path.GetTempFileName();
        try
        {
            ProcessStartInfo start = new(Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal) ? Environment.ProcessPath : "dotnet", [typeof(GcPollTests).Assembly.Location, Program.WarmEngine]);
            start.Environment["DOTNET_JitDisasm"] = "CloneAndRun";
            start.Environment["DOTNET_JitStdOutFile"] = listing;
            using Process process = Process.Start(start)!;
            await process.WaitForExitAsync().WaitAsync(Patience);
            Assert.Equal(0, process.ExitCode);

            string[] lines = await File.ReadAllLinesAsync(listing);
            string[] calls = [.. lines.Select(line => line.Trim()).Where(line => line.StartsWith("call", StringComparison.Ordinal) || line.Contains("POLL", StringComparison.Ordinal))];
            Skip.If(lines.Length == 0, "this runtime prints no listings");

            // A debug build asks at the method's start, before the clone, whether a debugger steps; a release build does not.
            calls = [.. calls.Where(call => !call.Contains("CORINFO_HELP_DBG_IS_JUST_MY_CODE", StringComparison.Ordinal))];

            // clone3, the early close, seven of a path that is made, the operations, exit_group.
            Assert.Equal(11, calls.Length);
            Assert.All(calls, call => Assert.DoesNotContain("CORINFO", call, StringComparison.Ordinal));
            Assert.DoesNotContain(lines, line => line.Contains("Tier0", StringComparison.Ordinal) || line.Contains("OSR", StringComparison.Ordinal));
        }
        finally
        {
            File.Delete(listing);
        }
    }
}
