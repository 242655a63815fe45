namespace Keelson.Sandboxes.Host;

/// <summary>The time that records get.</summary>
internal interface IHostResourcesClock
{
    /// <summary>Unix time in nanoseconds, never twice the same within this process.</summary>
    long Now();
}
