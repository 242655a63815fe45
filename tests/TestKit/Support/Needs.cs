using Xunit;

namespace Keelson.TestKit;

/// <summary>Skips a test where the machine lacks what it needs, saying what.</summary>
public static class Needs
{
    public static void Root() => Skip.IfNot(Environment.UserName == "root", "needs root");

    public static void Program(string name, string package) =>
        Skip.If(Command.Find(name) is null, $"needs the program {name} (Debian: {package})");
}
