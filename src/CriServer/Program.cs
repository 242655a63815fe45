using Keelson.CriServer.Commands;

var context = new CommandContext
{
    Out = Console.OpenStandardOutput(),
    Error = Console.OpenStandardError(),
    Interactive = !Console.IsErrorRedirected,
    Environment = Environment.GetEnvironmentVariable,
};
return await CommandLine.RunAsync(args, context, CancellationToken.None);
