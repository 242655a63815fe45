using Keelson.Linux;

namespace Keelson.Oci.Launch.Engine;

/// <summary>
/// What one launch adds to its plan. All descriptors are borrowed, stay open until Launch returns, and have numbers of
/// at least 3, because the child moves the first three onto 0, 1 and 2.
/// </summary>
public readonly struct LaunchInputs
{
    public required SafeFd Stdin { get; init; }

    public required SafeFd Stdout { get; init; }

    public required SafeFd Stderr { get; init; }

    /// <summary>pidfd of the process whose namespaces the plan joins; null when it joins none that way.</summary>
    public SafeFd? Target { get; init; }

    /// <summary>Further descriptors the plan was compiled to expect, at most 8.</summary>
    public SafeFd[]? Extra { get; init; }

    /// <summary>How long the child may take to its execve before it is killed; 0 means two minutes.</summary>
    public int TimeoutMilliseconds { get; init; }
}
