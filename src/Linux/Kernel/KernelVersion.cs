using System.Globalization;

namespace Keelson.Linux;

/// <summary>The running kernel's release.</summary>
/// <param name="Major">6 of 6.18.4.</param>
/// <param name="Minor">18 of 6.18.4.</param>
public readonly record struct KernelVersion(int Major, int Minor) : IComparable<KernelVersion>
{
    /// <summary>The kernel this process runs on.</summary>
    public static KernelVersion Current { get; } = Parse(File.ReadAllText("/proc/sys/kernel/osrelease"));

    /// <summary>Reads the start of a release such as <c>6.1.0-37-amd64</c>.</summary>
    public static KernelVersion Parse(string release)
    {
        string[] parts = release.Split('.', '-', '+', '\n');
        return new KernelVersion(int.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    /// <summary>Whether it is this version or a later one.</summary>
    public bool IsAtLeast(int major, int minor) => CompareTo(new KernelVersion(major, minor)) >= 0;

    /// <inheritdoc/>
    public int CompareTo(KernelVersion other) => Major != other.Major ? Major.CompareTo(other.Major) : Minor.CompareTo(other.Minor);
}
