using System.Collections.Immutable;
using Keelson.Oci.Spec;

namespace Keelson.Sandboxes.Spec;

/// <summary>A runtime-spec and what it has no word for.</summary>
/// <param name="Runtime">The spec.</param>
/// <param name="Joined">Namespaces taken over from the process that the launch names as its target.</param>
internal sealed record BuiltSpec(RuntimeSpec Runtime, ImmutableArray<string> Joined);
