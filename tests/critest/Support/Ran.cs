namespace Keelson.CriTest;

/// <summary>A container that has run to its end.</summary>
public sealed record Ran(string Id, Cri.ContainerStatus Status, string Output, string Error)
{
    /// <summary>Its standard output without the last newline; a container that failed is a failed test.</summary>
    public string Text
    {
        get
        {
            Assert.True(Status.ExitCode == 0, $"exit code {Status.ExitCode} ({Status.Reason}): {Status.Message} {Error}{Output}");
            return Output.TrimEnd('\n');
        }
    }

    public string[] Lines => Text.Split('\n');
}
