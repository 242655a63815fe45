namespace Keelson.Sandboxes;

/// <summary>Something that happened to a container or a sandbox.</summary>
/// <param name="Kind">What.</param>
/// <param name="Sandbox">The sandbox after it.</param>
/// <param name="Container">The container after it; null when it happened to the sandbox.</param>
/// <param name="TimestampNanoseconds">Unix time.</param>
public sealed record PodEvent(PodEventKind Kind, SandboxSnapshot? Sandbox, ContainerSnapshot? Container, long TimestampNanoseconds);
