using Keelson.CriServer.Commands;

// The one place that knows the process's own streams and environment.
#pragma warning disable RS0030
var context = new CommandContext
{
    Out = Console.OpenStandardOutput(),
    Error = Console.OpenStandardError(),
    Interactive = !Console.IsErrorRedirected,
    Environment = Environment.GetEnvironmentVariable,
};
#pragma warning restore RS0030
return await CommandLine.RunAsync(args, context, CancellationToken.None);
