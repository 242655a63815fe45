namespace Keelson.Sandboxes;

/// <summary>Whether pods can get a network.</summary>
/// <param name="Ready">The NetworkReady condition.</param>
/// <param name="Reason">One word in CamelCase; empty when ready.</param>
/// <param name="Message">Why not, for people; empty when ready.</param>
public sealed record NetworkStatus(bool Ready, string Reason, string Message);
