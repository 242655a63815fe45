using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using Keelson.Linux.Native;

namespace Keelson.Linux.Tests.Layout;

/// <summary>
/// Every struct and every constant of layer 1, found by reflection, becomes an assertion that the C compiler checks
/// against this machine's headers. A new one is on the list by being there.
/// </summary>
public partial class NativeLayoutTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly string[] Headers =
    [
        "stddef.h", "dirent.h", "dlfcn.h", "fcntl.h", "malloc.h", "net/if.h", "poll.h", "sched.h", "signal.h", "spawn.h", "stdio.h", "sys/epoll.h", "sys/eventfd.h",
        "sys/file.h", "sys/ioctl.h", "sys/mman.h", "sys/mount.h", "sys/prctl.h", "sys/resource.h", "sys/signalfd.h", "sys/socket.h", "sys/stat.h",
        "sys/statfs.h", "sys/syscall.h", "sys/un.h", "sys/vfs.h", "sys/wait.h", "time.h", "unistd.h", "linux/bpf.h", "linux/capability.h", "linux/close_range.h", "linux/filter.h", "linux/fs.h",
        "linux/ioprio.h", "linux/keyctl.h", "linux/magic.h", "linux/mempolicy.h", "sys/personality.h", "linux/openat2.h", "linux/sched.h", "linux/seccomp.h", "linux/sockios.h",
    ];

    /// <summary>Our name of a struct, and C's, where they differ.</summary>
    private static readonly Dictionary<string, string> Names = new()
    {
        ["siginfo_t"] = "siginfo_t",
        ["sigset_t"] = "sigset_t",
        ["statx_t"] = "struct statx",
        ["statfs_t"] = "struct statfs",
        ["bpf_attr_prog_load"] = "union bpf_attr",
        ["bpf_attr_prog_attach"] = "union bpf_attr",
    };

    /// <summary>Our name of a field, and C's, where they differ.</summary>
    private static readonly Dictionary<string, string> Fields = new()
    {
        ["sigset_t.val"] = "__val",
        ["statx_t.stx_mtime_sec"] = "stx_mtime.tv_sec",
        ["statx_t.stx_mtime_nsec"] = "stx_mtime.tv_nsec",
        ["ifreq.ifr_name_start"] = "ifr_name",
    };

    /// <summary>Structs whose size is not C's on purpose.</summary>
    private static readonly Dictionary<string, string> PartOnly = new()
    {
        ["bpf_attr_prog_load"] = "one member of a union that grows with every kernel",
        ["bpf_attr_prog_attach"] = "one member of a union that grows with every kernel",
        ["__user_cap_data_struct"] = "",
    };

    /// <summary>Structs that no header here declares, with the reason.</summary>
    private static readonly Dictionary<string, string> UncheckedStructs = new()
    {
        ["kernel_sigaction"] = "the C library's struct sigaction hides the kernel's; ContainerLaunchTests see its effect in SigIgn",
    };

    /// <summary>Constants that are no integer constant expressions of C, or newer than the oldest headers built with.</summary>
    private static readonly HashSet<string> UncheckedConstants = ["RTLD_DEFAULT", "SIG_DFL", "SIG_IGN", "F_SEAL_ALL", "AT_FDCWD"];

    private static readonly HashSet<string> NewerThanSomeHeaders = ["MFD_EXEC", "P_PIDFD"];

    private static Type[] Classes => [typeof(LibC), typeof(Uapi)];

    [SkippableFact]
    public async Task Every_struct_and_constant_is_what_the_c_compiler_says()
    {
        Skip.IfNot(File.Exists("/usr/bin/gcc") && File.Exists("/usr/include/linux/openat2.h"), "needs gcc, libc6-dev and linux-libc-dev");
        StringBuilder source = new("#define _GNU_SOURCE\n");
        foreach (string header in Headers)
        {
            source.Append(CultureInfo.InvariantCulture, $"#include <{header}>\n");
        }

        int structs = AddStructs(source);
        int constants = AddConstants(source);
        Assert.True(structs > 15 && constants > 120, $"only {structs} structs and {constants} constants found");

        string path = Path.Combine(Path.GetTempPath(), $"keelson-layout-{Environment.ProcessId}.c");
        await File.WriteAllTextAsync(path, source.ToString());
        try
        {
            using Process gcc = Process.Start(new ProcessStartInfo("gcc", ["-std=gnu11", "-fsyntax-only", path]) { RedirectStandardError = true })!;
            string errors = await gcc.StandardError.ReadToEndAsync().WaitAsync(Patience);
            await gcc.WaitForExitAsync().WaitAsync(Patience);
            Assert.True(gcc.ExitCode == 0, string.Join('\n', errors.Split('\n').Where(line => line.Contains("error", StringComparison.Ordinal))));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static int AddStructs(StringBuilder source)
    {
        int count = 0;
        foreach (Type type in Classes.SelectMany(owner => owner.GetNestedTypes(BindingFlags.NonPublic | BindingFlags.Public)))
        {
            if (!type.IsValueType || type.IsEnum || type.Name.StartsWith('<') || UncheckedStructs.ContainsKey(type.Name))
            {
                continue;
            }

            count++;
            string name = Names.GetValueOrDefault(type.Name, $"struct {type.Name}");
            if (!PartOnly.TryGetValue(type.Name, out string? reason) || reason.Length == 0)
            {
                Assert(source, $"sizeof({name}) == {Marshal.SizeOf(type)}", $"size of {type.Name}");
            }

            foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public))
            {
                string cField = Fields.GetValueOrDefault($"{type.Name}.{field.Name}", field.Name);
                Assert(source, $"offsetof({name}, {cField}) == {Marshal.OffsetOf(type, field.Name)}", $"offset of {type.Name}.{field.Name}");
            }
        }

        return count;

        static void Assert(StringBuilder source, string claim, string what) =>
            source.Append(CultureInfo.InvariantCulture, $"_Static_assert({claim}, \"{what}\");\n");
    }

    private static int AddConstants(StringBuilder source)
    {
        int count = 0;
        foreach (FieldInfo field in Classes.SelectMany(owner => owner.GetFields(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)))
        {
            if (!NativeName().IsMatch(field.Name) || UncheckedConstants.Contains(field.Name) || field.GetValue(null) is not IConvertible value || value is string)
            {
                continue;
            }

            count++;
            string number = value is ulong unsigned
                ? unsigned.ToString(CultureInfo.InvariantCulture) + "ULL"
                : value.ToInt64(CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture) + "LL";
            string claim = $"_Static_assert((unsigned long long)({field.Name}) == (unsigned long long)({number}), \"value of {field.Name}\");";
            source.Append(NewerThanSomeHeaders.Contains(field.Name) ? $"#ifdef {field.Name}\n{claim}\n#endif\n" : $"{claim}\n");
        }

        return count;
    }

    [GeneratedRegex("^(SYS_[a-z0-9_]+|_?[A-Z][A-Z0-9_]+)$")]
    private static partial Regex NativeName();
}
