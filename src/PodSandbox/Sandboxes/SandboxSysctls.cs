using System.Collections.Immutable;

namespace Keelson.Sandboxes;

/// <summary>Sysctls by who sets them; names in slash form.</summary>
/// <param name="Network">Of the network namespace: set when it is made.</param>
/// <param name="Pause">Of the IPC namespace: set by pause, which makes it.</param>
internal sealed record SandboxSysctls(ImmutableArray<KeyValuePair<string, string>> Network, ImmutableArray<KeyValuePair<string, string>> Pause);
