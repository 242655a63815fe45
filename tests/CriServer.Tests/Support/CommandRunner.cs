using System.Text;
using Keelson.CriServer.Commands;

namespace Keelson.CriServer.Tests.Support;

/// <summary>Runs a command line in this process and keeps what it prints.</summary>
internal static class CommandRunner
{
    internal static Task<(int Exit, string Out, string Error)> RunAsync(TestDaemon? daemon, params string[] arguments) =>
        RunAsync(daemon, interactive: false, arguments);

    internal static async Task<(int Exit, string Out, string Error)> RunAsync(TestDaemon? daemon, bool interactive, params string[] arguments)
    {
        using var output = new MemoryStream();
        using var errors = new MemoryStream();
        var context = new CommandContext
        {
            Out = output,
            Error = errors,
            Interactive = interactive,
            Environment = name => name switch
            {
                "CONTAINER_RUNTIME_ENDPOINT" when daemon is not null => $"unix://{daemon.SocketPath}",
                "KEELSON_REGISTRY_CREDENTIALS" => "u:s3cret",
                _ => null,
            },
        };
        int exit = await CommandLine.RunAsync(arguments, context, CancellationToken.None).WaitAsync(Waits.Patience);
        return (exit, Encoding.UTF8.GetString(output.ToArray()), Encoding.UTF8.GetString(errors.ToArray()));
    }
}
