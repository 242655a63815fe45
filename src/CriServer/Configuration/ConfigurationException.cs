using Keelson.Core;

namespace Keelson.CriServer.Configuration;

/// <summary>What is wrong with the configuration: one line per mistake, each with its file and line.</summary>
internal sealed class ConfigurationException(IReadOnlyList<string> mistakes)
    : KeelsonException(ErrorKind.InvalidArgument, string.Join('\n', mistakes))
{
    internal IReadOnlyList<string> Mistakes { get; } = mistakes;
}
