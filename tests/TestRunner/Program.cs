using System.Reflection;
using System.Runtime.Loader;
using Keelson.TestRunner;

// keelson-test-runner <assembly.dll> <results.trx> [<part of a test's full name>...]
if (args is not [string path, string results, .. string[] parts])
{
    Console.Error.WriteLine("usage: keelson-test-runner <assembly.dll> <results.trx> [<part of a test's full name, or -part for not these>...]");
    return 2;
}

string directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
AssemblyLoadContext.Default.Resolving += (context, name) =>
{
    string candidate = Path.Join(directory, name.Name + ".dll");
    return File.Exists(candidate) ? context.LoadFromAssemblyPath(candidate) : null;
};
Assembly assembly = AssemblyLoadContext.Default.LoadFromAssemblyPath(Path.GetFullPath(path));
using var report = new Report(Console.Out);
bool complete = new TestRun(assembly, new TestSelection(parts), report).Run();
TrxFile.Write(results, report.Results);
Console.WriteLine(report.Summary);
return complete && report.Failed == 0 && report.Passed > 0 ? 0 : 1;
