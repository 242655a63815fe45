using System.Collections.Immutable;
using System.Text.Json;
using Keelson.Core;
using Keelson.Linux;
using Keelson.Oci.Capabilities;
using Keelson.Oci.Spec;
using Keelson.Oci.Syscalls;

namespace Keelson.Oci.Seccomp;

/// <summary>
/// A profile as files carry it: rules that hold for some capabilities, machines and kernels only. For one container it
/// becomes the runtime-spec's plain list.
/// </summary>
public sealed class SeccompProfile
{
    private static readonly Lazy<SeccompProfile> Default = new(ReadDefault);

    private readonly SeccompProfileFile _file;
    private readonly string _name;

    private SeccompProfile(SeccompProfileFile file, string name)
    {
        _file = file;
        _name = name;
    }

    /// <summary>The profile RuntimeDefault stands for.</summary>
    public static SeccompProfile RuntimeDefault => Default.Value;

    /// <summary>Reads a profile.</summary>
    /// <param name="json">The file's content.</param>
    /// <param name="name">Its path, for messages.</param>
    /// <exception cref="KeelsonException">InvalidArgument.</exception>
    public static SeccompProfile Parse(ReadOnlySpan<byte> json, string name)
    {
        try
        {
            SeccompProfileFile file = JsonSerializer.Deserialize(json, SeccompProfileJson.Default.SeccompProfileFile)
                ?? throw new KeelsonException(ErrorKind.InvalidArgument, $"seccomp profile '{name}': empty");
            if (string.IsNullOrEmpty(file.DefaultAction))
            {
                throw new KeelsonException(ErrorKind.InvalidArgument, $"seccomp profile '{name}': no defaultAction");
            }

            return new SeccompProfile(file, name);
        }
        catch (JsonException e)
        {
            throw new KeelsonException(ErrorKind.InvalidArgument, $"seccomp profile '{name}': {e.Message}", e);
        }
    }

    /// <summary>The rules for a container with these capabilities, on this machine and kernel; checked to compile.</summary>
    /// <exception cref="KeelsonException">InvalidArgument or Unimplemented, naming the profile.</exception>
    public SeccompSpec For(CapabilitySet capabilities) => For(capabilities, SyscallTable.Native, KernelVersion.Current);

    internal SeccompSpec For(CapabilitySet capabilities, SyscallMachine machine, KernelVersion kernel)
    {
        SeccompSpec spec = new()
        {
            DefaultAction = _file.DefaultAction,
            DefaultErrnoRet = _file.DefaultErrnoRet,
            Architectures = Architectures(machine),
            Flags = _file.Flags is { Length: > 0 } flags ? [.. flags] : null,
            Syscalls = [.. (_file.Syscalls ?? []).Where(rule => Holds(rule, capabilities, machine, kernel)).Select(ToSpec)],
        };
        try
        {
            _ = machine == SyscallTable.Native ? SeccompCompiler.Compile(spec) : SeccompCompiler.Compile(spec, machine);
        }
        catch (KeelsonException e)
        {
            throw new KeelsonException(e.Kind, $"seccomp profile '{_name}': {e.Message}", e);
        }

        return spec;
    }

    private static SeccompProfile ReadDefault()
    {
        using Stream stream = typeof(SeccompProfile).Assembly.GetManifestResourceStream("seccomp.runtime-default.json")
            ?? throw new InvalidOperationException("the resource seccomp.runtime-default.json is missing");
        using MemoryStream copy = new();
        stream.CopyTo(copy);
        return Parse(copy.ToArray(), "RuntimeDefault");
    }

    private static bool Holds(SeccompProfileRule rule, CapabilitySet capabilities, SyscallMachine machine, KernelVersion kernel)
    {
        SeccompProfileFilter includes = rule.Includes ?? new SeccompProfileFilter();
        SeccompProfileFilter excludes = rule.Excludes ?? new SeccompProfileFilter();
        string[] wanted = includes.Caps ?? [];
        string[] wantedMachines = includes.Arches ?? [];
        return Array.TrueForAll(wanted, name => Has(capabilities, name))
            && (wantedMachines.Length == 0 || wantedMachines.Contains(MachineName(machine)))
            && (includes.MinKernel is null || kernel.CompareTo(KernelVersion.Parse(includes.MinKernel)) >= 0)
            && !Array.Exists(excludes.Caps ?? [], name => Has(capabilities, name))
            && !(excludes.Arches ?? []).Contains(MachineName(machine))
            && (excludes.MinKernel is null || kernel.CompareTo(KernelVersion.Parse(excludes.MinKernel)) < 0);
    }

    // A capability that this table does not know is one the container does not have.
    private static bool Has(CapabilitySet capabilities, string name) => CapabilityTable.TryGetNumber(name, out int number) && capabilities.Contains(number);

    private static string MachineName(SyscallMachine machine) => machine switch
    {
        SyscallMachine.X64 => "amd64",
        SyscallMachine.X86 => "x86",
        _ => "arm64",
    };

    private static SyscallSpec ToSpec(SeccompProfileRule rule) => new()
    {
        Names = [.. rule.Names ?? [], .. rule.Name is null ? (string[])[] : [rule.Name]],
        Action = rule.Action,
        ErrnoRet = rule.ErrnoRet,
        Args = [.. (rule.Args ?? []).Select(arg => new SyscallArgSpec(arg.Index, arg.Value, arg.ValueTwo, arg.Op))],
    };

    private ImmutableArray<string> Architectures(SyscallMachine machine)
    {
        string native = machine == SyscallMachine.X64 ? "SCMP_ARCH_X86_64" : "SCMP_ARCH_AARCH64";
        SeccompProfileArch? map = _file.ArchMap?.FirstOrDefault(entry => entry.Architecture == native);
        return map is not null ? [native, .. map.SubArchitectures ?? []] : [.. _file.Architectures ?? [native]];
    }
}
