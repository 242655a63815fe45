using System.Collections.Frozen;
using System.Globalization;
using System.Runtime.InteropServices;
using Keelson.Core;

namespace Keelson.Oci.Syscalls;

/// <summary>System call names and their numbers per machine; the data is syscalls.tsv beside this file.</summary>
public static class SyscallTable
{
    private static readonly Lazy<FrozenDictionary<string, Numbers>> Table = new(Read);

    /// <summary>The machine this process runs on.</summary>
    public static SyscallMachine Native { get; } = RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => SyscallMachine.X64,
        Architecture.Arm64 => SyscallMachine.Arm64,
        _ => throw new KeelsonException(ErrorKind.Unimplemented, $"no system call table for {RuntimeInformation.ProcessArchitecture}"),
    };

    /// <summary>Every name that any machine has.</summary>
    public static IEnumerable<string> Names => Table.Value.Keys;

    /// <summary>The number of <paramref name="name"/>; false when the machine lacks the call or the name is unknown.</summary>
    public static bool TryGet(SyscallMachine machine, string name, out int number)
    {
        number = -1;
        if (Table.Value.TryGetValue(name, out Numbers numbers))
        {
            number = machine switch
            {
                SyscallMachine.X64 => numbers.X64,
                SyscallMachine.X86 => numbers.X86,
                _ => numbers.Arm64,
            };
        }

        return number >= 0;
    }

    /// <summary>Whether any machine knows the name.</summary>
    public static bool IsKnown(string name) => Table.Value.ContainsKey(name);

    /// <summary>The native number of a call that this program itself makes.</summary>
    public static ushort Require(string name) => TryGet(Native, name, out int number)
        ? (ushort)number
        : throw new KeelsonException(ErrorKind.Unimplemented, $"system call '{name}': this machine has none");

    private static FrozenDictionary<string, Numbers> Read()
    {
        using Stream stream = typeof(SyscallTable).Assembly.GetManifestResourceStream("syscalls.tsv")
            ?? throw new InvalidOperationException("the resource syscalls.tsv is missing");
        using StreamReader reader = new(stream);
        Dictionary<string, Numbers> table = new(StringComparer.Ordinal);
        while (reader.ReadLine() is string line)
        {
            if (line.Length > 0 && line[0] != '#')
            {
                string[] columns = line.Split('\t');
                table.Add(columns[0], new Numbers(Number(columns[1]), Number(columns[2]), Number(columns[3])));
            }
        }

        return table.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static int Number(string text) => text == "-" ? -1 : int.Parse(text, CultureInfo.InvariantCulture);

    private readonly record struct Numbers(int X64, int X86, int Arm64);
}
