using System.Diagnostics;

namespace Keelson.Sandboxes;

/// <summary>Where a job is: the stage it is in and since when. Written by the job, read by those who wait for it.</summary>
internal sealed class JobProgress
{
    private volatile Stage _stage = new("waiting to begin", Stopwatch.GetTimestamp());

    internal void Enter(string stage) => _stage = new Stage(stage, Stopwatch.GetTimestamp());

    /// <summary><c>stage 'x' for 1.2 s</c></summary>
    public override string ToString()
    {
        Stage stage = _stage;
        return string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"stage '{stage.Name}' for {Stopwatch.GetElapsedTime(stage.Since).TotalSeconds:0.0} s");
    }

    internal string Current => _stage.Name;

    private sealed record Stage(string Name, long Since);
}
