using System.Security.Cryptography;
using System.Text;
using Keelson.Core;

namespace Keelson.Sandboxes.Host;

/// <summary>
/// Names of pinned network namespaces. The directory is the node's, and another daemon may run beside this one: a hash of
/// the state directory in the name tells whose a namespace is, so that a sweep takes none of the other's.
/// </summary>
/// <param name="directory">Where they are pinned.</param>
/// <param name="state">The daemon's state directory, which one daemon has at a time.</param>
internal sealed class NetworkNamespaceNames(HostPath directory, HostPath state)
{
    private const int OwnerBytes = 4;

    private readonly string _prefix = $"keelson-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(state.Value)).AsSpan(0, OwnerBytes))}-";

    /// <summary>For a sandbox that is being made; one that exists has its path on record.</summary>
    internal string PathOf(SandboxId id) => directory.Child(_prefix + id.Short).Value;

    /// <summary>What is pinned and has a name that this daemon gives.</summary>
    internal string[] Pinned() => Directory.Exists(directory.Value) ? Directory.GetFiles(directory.Value, _prefix + "*") : [];
}
