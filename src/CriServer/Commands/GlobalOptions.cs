using System.CommandLine;

namespace Keelson.CriServer.Commands;

/// <summary>Options that several commands share.</summary>
internal sealed class GlobalOptions
{
    private const string DefaultEndpoint = "unix:///run/keelson/keelson.sock";
    private const string Table = "table";
    private const string Json = "json";

    internal Option<string?> Endpoint { get; } = new("--runtime-endpoint", "-r")
    {
        Description = $"CRI socket of the daemon, or of any other runtime [CONTAINER_RUNTIME_ENDPOINT, default: {DefaultEndpoint}]",
        Recursive = true,
        HelpName = "unix:///path",
    };

    internal Option<string> OutputFormat { get; } = new Option<string>("--output", "-o")
    {
        Description = "table or json",
        DefaultValueFactory = _ => Table,
        HelpName = "format",
    }.AcceptOnlyFromAmong(Table, Json);

    internal Option<string?> Configuration { get; } = new("--config", "-c")
    {
        Description = $"Configuration file [default: {CriServer.Configuration.ConfigurationLoader.DefaultPath}]",
        HelpName = "file",
    };

    internal static string SocketPath(string? endpoint, Func<string, string?> environment)
    {
        string text = endpoint ?? environment("CONTAINER_RUNTIME_ENDPOINT") ?? DefaultEndpoint;
        string path = text.StartsWith("unix://", StringComparison.Ordinal) ? text["unix://".Length..] : text;
        return path.StartsWith('/') ? path : throw new UsageException($"endpoint '{text}': expected unix:///path/of/socket");
    }

    internal bool WantsJson(ParseResult parsed) => parsed.GetValue(OutputFormat) == Json;
}
