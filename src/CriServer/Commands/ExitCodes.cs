namespace Keelson.CriServer.Commands;

/// <summary>What the process ends with, besides a command's own code from exec and run.</summary>
internal static class ExitCodes
{
    internal const int Success = 0;

    /// <summary>The daemon said no, or can't be reached.</summary>
    internal const int Failure = 1;

    /// <summary>The command line or a file named on it can't be understood.</summary>
    internal const int Usage = 2;

    /// <summary>exec and run: the command was never run, so its own code can't be told (as docker and podman say it).</summary>
    internal const int NotRun = 125;
}
