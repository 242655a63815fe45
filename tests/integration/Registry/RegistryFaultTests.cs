using System.Diagnostics;

namespace Keelson.Integration.Registry;

/// <summary>Registries that fail in every way, from the socket to the log.</summary>
public sealed class RegistryFaultTests(Machine machine) : DaemonTest(machine)
{
    private const string Secret = "s3cr3t-that-must-not-be-seen";

    [SkippableTheory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(500)]
    public async Task An_error_of_the_registry_is_told_and_nothing_secret_with_it(int status)
    {
        await StartDaemonAsync();
        await using var registry = RudeRegistry.Answering(status);

        CriException e = await FailsAsync(() => Client.PullImageAsync(new()
        {
            Image = new() { Image = registry.Image },
            Auth = new() { Username = "user", Password = Secret, RegistryToken = "" },
        }));

        Assert.Contains(registry.Host, e.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, e.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(Daemon.LogLines, line => line.Contains(Secret, StringComparison.Ordinal));
        Daemon.ExpectError(registry.Host);
    }

    [SkippableFact]
    public async Task A_registry_that_asks_to_wait_is_not_waited_for_without_end()
    {
        await StartDaemonAsync();
        await using var registry = RudeRegistry.Answering(429, "Retry-After: 86400\r\n");
        Daemon.ExpectError(registry.Host);
        long start = Stopwatch.GetTimestamp();

        await FailsAsync(() => PullAsync(registry.Image));

        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(45));
    }

    [SkippableFact]
    public async Task A_connection_that_is_reset_is_told()
    {
        await StartDaemonAsync();
        await using var registry = RudeRegistry.Resetting();
        Daemon.ExpectError(registry.Host);

        CriException e = await FailsAsync(() => PullAsync(registry.Image));

        Assert.Contains(registry.Host, e.Detail, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_registry_that_stalls_is_given_up()
    {
        await StartDaemonAsync(new DaemonOptions { Configuration = "images:\n  progress_timeout: 2s" });
        await using var registry = RudeRegistry.Stalling();
        Daemon.ExpectError(registry.Host);
        long start = Stopwatch.GetTimestamp();

        await FailsAsync(() => PullAsync(registry.Image));

        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(30));
    }

    [SkippableFact]
    public async Task A_manifest_that_is_nonsense_is_refused()
    {
        await StartDaemonAsync();
        await using var registry = RudeRegistry.Answering(200, body: "this is not a manifest");
        Daemon.ExpectError(registry.Host);

        await FailsAsync(() => PullAsync(registry.Image));
        Assert.Empty((await Client.ListImagesAsync(new())).Images);
    }

    [SkippableFact]
    public async Task After_any_failure_a_good_pull_works()
    {
        await StartDaemonAsync();
        await using var registry = RudeRegistry.Resetting();
        Daemon.ExpectError(registry.Host);
        await FailsAsync(() => PullAsync(registry.Image));

        Assert.NotEmpty((await PullAsync()).ImageRef);
    }
}
