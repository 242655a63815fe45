using System.Collections.Concurrent;
using Keelson.Core;
using Keelson.Oci.Capabilities;
using Keelson.Oci.Seccomp;
using Keelson.Oci.Spec;

namespace Keelson.Sandboxes.Spec;

/// <summary>Filters: the built-in one, and files below one directory.</summary>
internal sealed class SeccompProfiles(HostPath directory) : ISeccompProfiles
{
    private const string UriScheme = "localhost/";
    private const int MaxBytes = 4 << 20;

    // One instance per set of capabilities: a profile takes tens of kilobytes, and most containers share one.
    private readonly ConcurrentDictionary<CapabilitySet, SeccompSpec> _defaults = new();

    public SeccompSpec Default(CapabilitySet capabilities) =>
        _defaults.GetOrAdd(capabilities, static set => SeccompProfile.RuntimeDefault.For(set));

    public SeccompSpec Localhost(string reference, CapabilitySet capabilities)
    {
        string name = reference.StartsWith(UriScheme, StringComparison.Ordinal) ? reference[UriScheme.Length..] : reference;
        if (name.Length == 0 || name.Contains('\0') || name.Split('/').Contains(".."))
        {
            throw new KeelsonException(ErrorKind.InvalidArgument, $"seccomp profile '{reference}': expected a path without '..'");
        }

        string path = name[0] == '/' ? name : $"{directory}/{name}";
        try
        {
            if (new FileInfo(path).Length > MaxBytes)
            {
                throw new KeelsonException(ErrorKind.InvalidArgument, $"seccomp profile '{path}': larger than {MaxBytes >> 20} MiB");
            }

            return SeccompProfile.Parse(File.ReadAllBytes(path), path).For(capabilities);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new KeelsonException(ErrorKind.NotFound, $"seccomp profile '{path}': no such file", failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new KeelsonException(ErrorKind.InvalidArgument, $"seccomp profile '{path}': {failure.Message}", failure);
        }
    }
}
