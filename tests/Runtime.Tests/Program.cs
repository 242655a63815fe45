using Keelson.Oci.Launch.Engine;

namespace Keelson.Runtime.Tests;

/// <summary>What tests start as a process of its own; the test runner never calls it.</summary>
internal static class Program
{
    /// <summary>Makes an engine, which compiles its after-clone zone, and ends.</summary>
    internal const string WarmEngine = "warm-engine";

    private static int Main(string[] args)
    {
        if (args is not [WarmEngine])
        {
            return 2;
        }

        _ = new ForkCalliEngine();
        return 0;
    }
}
