namespace Keelson.Integration.Configuration;

/// <summary>The command line's part of the configuration; needs no daemon and no root.</summary>
public sealed class ConfigurationTests : IDisposable
{
    private readonly TemporaryDirectory _files = new("config");

    public void Dispose() => _files.Dispose();

    [SkippableFact]
    public async Task An_unknown_key_is_refused_with_its_file_and_line()
    {
        string file = _files.Write("config.yaml", "root: /tmp/x\ncni:\n  conf_dirr: /etc/cni/net.d\n");

        CommandResult check = await RunAsync("config", "check", "--config", file);
        CommandResult serve = await RunAsync("serve", "--config", file);

        Assert.NotEqual(0, check.ExitCode);
        Assert.NotEqual(0, serve.ExitCode);
        Assert.Contains($"{file}:3", check.Output + check.Error, StringComparison.Ordinal);
        Assert.Contains("conf_dirr", check.Output + check.Error, StringComparison.Ordinal);
        Assert.Contains($"{file}:3", serve.Output + serve.Error, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task The_default_configuration_is_a_good_one()
    {
        string text = (await RunAsync("config", "default")).Succeeded();
        string file = _files.Write("config.yaml", text);

        Assert.Equal(0, (await RunAsync("config", "check", "--config", file)).ExitCode);
    }

    [SkippableFact]
    public async Task A_value_of_the_wrong_kind_is_refused()
    {
        string file = _files.Write("config.yaml", "cni:\n  add_timeout: soon\n");

        CommandResult check = await RunAsync("config", "check", "--config", file);

        Assert.NotEqual(0, check.ExitCode);
        Assert.Contains($"{file}:2", check.Output + check.Error, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_file_that_is_not_there_is_named()
    {
        CommandResult serve = await RunAsync("serve", "--config", $"{_files.HostPath}/missing.yaml");

        Assert.NotEqual(0, serve.ExitCode);
        Assert.Contains("missing.yaml", serve.Output + serve.Error, StringComparison.Ordinal);
    }

    private static Task<CommandResult> RunAsync(params string[] arguments) => Command.RunAsync(KeelsonDaemon.Binary, arguments);
}
