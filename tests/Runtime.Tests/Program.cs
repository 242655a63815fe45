using Keelson.Oci.Launch.Engine;
using Keelson.Runtime.Tests.Launch;

namespace Keelson.Runtime.Tests;

/// <summary>What tests start as a process of its own; the test runner never calls it.</summary>
internal static class Program
{
    /// <summary>Makes an engine, which compiles its after-clone zone, and ends.</summary>
    internal const string WarmEngine = "warm-engine";

    /// <summary>Gives itself what a tuned daemon has, and runs a container: root directory, script, file for its output.</summary>
    internal const string TunedContainer = "tuned-container";

    private static int Main(string[] args)
    {
        switch (args)
        {
            case [WarmEngine]:
                _ = new ForkCalliEngine();
                return 0;
            case [TunedContainer, string directory, string script, string output]:
                return InheritanceTests.RunTuned(directory, script, output);
            default:
                return 2;
        }
    }
}
