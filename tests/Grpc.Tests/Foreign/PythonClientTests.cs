using System.Diagnostics;
using Keelson.Grpc.Tests.Support;

namespace Keelson.Grpc.Tests.Foreign;

/// <summary>Debian's python3-grpcio, which is grpc's C core, against our server.</summary>
public sealed class PythonClientTests
{
    // The distribution's own: another python3 earlier in PATH does not see its packages.
    private const string Interpreter = "/usr/bin/python3";

    [SkippableFact]
    public async Task A_client_of_another_implementation_finds_everything_as_it_should_be()
    {
        (int found, _) = await RunPythonAsync("-c", "import grpc");
        Skip.If(found != 0, "needs Debian's package python3-grpcio");

        await using TestServer server = await TestServer.StartAsync();
        (int exit, string output) = await RunPythonAsync(
            Path.Combine(AppContext.BaseDirectory, "Foreign", "client.py"), server.SocketPath);
        Assert.True(exit == 0 && output.Contains("all passed", StringComparison.Ordinal), output);
        await server.Service.Cancelled.Task.WaitAsync(TestServer.Patience);
    }

    private static async Task<(int Exit, string Output)> RunPythonAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Interpreter, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PYTHONIOENCODING"] = "utf-8";
        Process python;
        try
        {
            python = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (-1, "no python3");
        }

        using (python)
        using (var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2)))
        {
            Task<string> output = python.StandardOutput.ReadToEndAsync(patience.Token);
            Task<string> errors = python.StandardError.ReadToEndAsync(patience.Token);
            await python.WaitForExitAsync(patience.Token);
            return (python.ExitCode, await output + await errors);
        }
    }
}
