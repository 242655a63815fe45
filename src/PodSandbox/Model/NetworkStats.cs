using System.Collections.Immutable;

namespace Keelson.Sandboxes;

/// <summary>Traffic of a pod's interfaces, loopback apart.</summary>
/// <param name="TimestampNanoseconds">When it was read, Unix time.</param>
/// <param name="Default">The interface that the network's configuration made.</param>
/// <param name="Others">All but <paramref name="Default"/>.</param>
public sealed record NetworkStats(long TimestampNanoseconds, InterfaceCounters Default, ImmutableArray<InterfaceCounters> Others);
