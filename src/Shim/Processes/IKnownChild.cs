namespace Keelson.Shim.Processes;

/// <summary>A child whose exit status somebody wants.</summary>
internal interface IKnownChild
{
    /// <summary>Reaps it if it has ended.</summary>
    void CheckEnded();
}
