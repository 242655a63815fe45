using System.Diagnostics;
using Keelson.Linux;
using Keelson.Shim.Tests.Support;

namespace Keelson.Shim.Tests;

/// <summary>Who may talk to a shim.</summary>
[Trait("needs", "root")]
public sealed class PeerTests
{
    private const string Nobody = "65534";

    [SkippableFact]
    [Trait("CVE", "2020-15257")]
    public async Task Another_user_is_not_answered_even_where_it_gets_to_the_socket()
    {
        Skip.IfNot(ProcessAttributes.EffectiveUserId == 0, "becomes another user");
        Skip.IfNot(File.Exists("/usr/bin/setpriv") && File.Exists("/usr/bin/python3"), "needs setpriv (util-linux) and python3");
        await using ShimHarness shim = await ShimHarness.StartAsync();
        string socket = Assert.Single(Directory.GetFiles(shim.ShimDirectory.Value, "*.sock"));
        string[] greeted = await ConnectAsync(socket, "0");
        string[] closed = await ConnectAsync(socket, Nobody);

        // As if somebody had opened directory and socket to everyone.
        const UnixFileMode everyone = (UnixFileMode)0b111_111_111;
        File.SetUnixFileMode(shim.Root, everyone);
        File.SetUnixFileMode(shim.ShimDirectory.Value, everyone);
        File.SetUnixFileMode(socket, everyone);
        string[] refused = await ConnectAsync(socket, Nobody);

        Assert.Equal(["connected", "data"], greeted);
        Assert.Equal(["PermissionError"], closed);
        Assert.Equal(["connected", "end"], refused);
        Assert.Contains("connection of another user refused", shim.ShimLog, StringComparison.Ordinal);
    }

    /// <summary>Connects as that user and says what came of it; a shim greets whom it answers.</summary>
    private static async Task<string[]> ConnectAsync(string socket, string user)
    {
        const string program = """
            import socket, sys
            s = socket.socket(socket.AF_UNIX)
            s.settimeout(2)
            try:
                s.connect(sys.argv[1])
                print("connected")
                print("data" if s.recv(1) else "end")
            except OSError as e:
                print(type(e).__name__)
            """;
        using Process python = Process.Start(new ProcessStartInfo(
            "/usr/bin/setpriv", ["--reuid", user, "--regid", user, "--clear-groups", "/usr/bin/python3", "-c", program, socket])
        {
            RedirectStandardOutput = true,
        })!;
        string output = await python.StandardOutput.ReadToEndAsync().WaitAsync(ShimHarness.Timeout);
        await python.WaitForExitAsync().WaitAsync(ShimHarness.Timeout);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
