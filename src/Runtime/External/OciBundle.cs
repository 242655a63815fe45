using Keelson.Core;
using Keelson.Linux;
using Keelson.Oci.Spec;

namespace Keelson.Oci.External;

/// <summary>The directory an OCI runtime is pointed at: config.json, and what it writes beside.</summary>
public sealed record OciBundle(HostPath Directory)
{
    private const uint Private = 0x180; // 0600

    /// <summary>Receives the number of the container's first process.</summary>
    public HostPath PidFile => Directory.Child("pid");

    /// <summary>Receives the runtime's messages, a JSON object each line.</summary>
    public HostPath Log => Directory.Child("log.json");

    /// <summary>Writes the configuration. The directory is there.</summary>
    /// <exception cref="LinuxException">It cannot be written.</exception>
    public void Write(RuntimeSpec spec) => WholeFile.Replace(Directory.Child("config.json").Value, SpecJson.Serialize(spec), Private);

    /// <summary>The files of one exec, told from all others by <paramref name="number"/>.</summary>
    public OciExec Exec(long number) => new(Directory.Child($"exec-{number}"));
}
