using Keelson.Core;
using Keelson.Linux;
using Keelson.Oci.Spec;

namespace Keelson.Oci.External;

/// <summary>The files of one exec through an OCI runtime, in the container's bundle.</summary>
public sealed record OciExec(HostPath Prefix)
{
    private const uint Private = 0x180; // 0600

    /// <summary>The process to run, as the runtime-spec has it.</summary>
    public HostPath ProcessFile => HostPath.Parse(Prefix.Value + ".json");

    /// <summary>Receives the runtime's messages.</summary>
    public HostPath Log => HostPath.Parse(Prefix.Value + ".log");

    /// <summary>Writes the process.</summary>
    /// <exception cref="LinuxException">It cannot be written.</exception>
    public void Write(ProcessSpec process) => WholeFile.Replace(ProcessFile.Value, SpecJson.Serialize(process), Private);

    /// <summary>Removes the files; what is not there is fine.</summary>
    public void Remove()
    {
        foreach (HostPath file in (ReadOnlySpan<HostPath>)[ProcessFile, Log])
        {
            PlainFile.TryRemove(file.Value);
        }
    }
}
