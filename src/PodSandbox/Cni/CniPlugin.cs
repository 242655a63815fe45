using System.Collections.Immutable;

namespace Keelson.Sandboxes.Cni;

/// <summary>One plugin of a list.</summary>
/// <param name="Type">The program's file name.</param>
/// <param name="Capabilities">Runtime arguments that it asks for.</param>
/// <param name="Text">Its configuration, as JSON.</param>
internal sealed record CniPlugin(string Type, ImmutableHashSet<string> Capabilities, string Text);
