namespace Keelson.Sandboxes;

/// <summary>A seccomp or AppArmor profile.</summary>
/// <param name="Kind">Which one.</param>
/// <param name="LocalhostRef">File (seccomp) or loaded profile (AppArmor) for <see cref="SecurityProfileKind.Localhost"/>.</param>
public sealed record SecurityProfile(SecurityProfileKind Kind, string LocalhostRef = "");
