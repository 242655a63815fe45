namespace Keelson.Images;

/// <summary>What to pull, and as whom.</summary>
/// <param name="Image">A reference: short name, tag or digest.</param>
/// <param name="Credentials">As the kubelet found them; null for anonymous.</param>
public sealed record PullRequest(string Image, RegistryCredentials? Credentials = null);
