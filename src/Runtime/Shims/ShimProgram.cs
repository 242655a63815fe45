using Keelson.Core;
using Keelson.Linux;

namespace Keelson.Oci.Shims;

/// <summary>
/// The keelson-shim executable. Every shim of one daemon runs from one read-only clone of the file, made for the first
/// of them: a container that gets at a shim, or at a child of it before its execve, cannot write the program that the
/// next pods are started from (CVE-2019-5736), and a file that is replaced meanwhile is what the next daemon starts.
/// </summary>
public sealed class ShimProgram
{
    private readonly Lock _gate = new();
    private readonly HostPath _binary;
    private readonly bool _inPlace;
    private ExecutableFile? _file;

    /// <summary>The program at <paramref name="binary"/>, which need not be there yet.</summary>
    public ShimProgram(HostPath binary)
        : this(binary, IsDevelopmentBuild(binary))
    {
    }

    private ShimProgram(HostPath binary, bool inPlace)
    {
        _binary = binary;
        _inPlace = inPlace;
    }

    /// <summary>Its file's name, for argv.</summary>
    internal string Name => _binary.Name;

    /// <summary>A program that has to know its own path: a script, or a development build. Not protected.</summary>
    public static ShimProgram InPlace(HostPath binary) => new(binary, inPlace: true);

    /// <summary>Opens it the first time; a failure is not kept.</summary>
    /// <exception cref="LinuxException">It is not there, or this process may not mount; then it could not launch a container either.</exception>
    internal ExecutableFile Open()
    {
        lock (_gate)
        {
            return _file ??= _inPlace ? ExecutableFile.AtPath(_binary.Value) : ExecutableFile.CloneReadOnly(_binary.Value);
        }
    }

    // Its executable only starts the assembly of the same name, which it looks for beside its own path.
    private static bool IsDevelopmentBuild(HostPath binary) => File.Exists(binary.Value + ".dll");
}
