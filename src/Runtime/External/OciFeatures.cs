using System.Text.Json;
using Keelson.Linux;

namespace Keelson.Oci.External;

/// <summary>What an OCI runtime says it can do (runtime-spec, features.md).</summary>
/// <param name="RecursiveReadOnlyMounts">Whether it takes the mount option <c>rro</c>.</param>
public sealed record OciFeatures(bool RecursiveReadOnlyMounts)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Asks the program. Blocks.</summary>
    /// <returns>Null for one that is older than the command, or not there.</returns>
    public static OciFeatures? Ask(OciRuntime runtime)
    {
        string[] command = [.. runtime.Features()];
        try
        {
            CommandResult result = CommandRunner.Run(new Command { Path = command[0], Arguments = command[1..], Environment = OciRuntime.Environment, Deadline = Patience });
            return result is { ExitCode: 0, TimedOut: false } ? Read(result.Stdout) : null;
        }
        catch (LinuxException)
        {
            return null;
        }
    }

    internal static OciFeatures? Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return new OciFeatures(
                document.RootElement.TryGetProperty("mountOptions"u8, out JsonElement options)
                && options.EnumerateArray().Any(option => option.ValueEquals("rro"u8)));
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
