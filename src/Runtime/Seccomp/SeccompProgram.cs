using System.Collections.Immutable;
using Keelson.Linux.Native;

namespace Keelson.Oci.Seccomp;

/// <summary>A compiled filter.</summary>
internal sealed record SeccompProgram(ImmutableArray<Uapi.sock_filter> Instructions, long Flags);
