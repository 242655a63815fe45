namespace Keelson.TestKit;

public sealed record CommandResult(int ExitCode, string Output, string Error)
{
    /// <summary>The standard output of a program that must have succeeded.</summary>
    public string Succeeded() =>
        ExitCode == 0 ? Output : throw new InvalidOperationException($"exit code {ExitCode}: {Error}{Output}");
}
