namespace Keelson.CriTest.Runtime;

public sealed class VersionTests(CriTarget target) : CriTest(target)
{
    [Fact]
    public async Task All_four_fields_are_set_and_the_api_is_v1()
    {
        Cri.VersionResponse version = await Client.VersionAsync(new() { Version = "0.1.0" });

        Assert.NotEmpty(version.Version);
        Assert.NotEmpty(version.RuntimeName);
        Assert.NotEmpty(version.RuntimeVersion);
        Assert.Equal("v1", version.RuntimeApiVersion);
    }

    [Fact]
    public async Task The_runtime_version_is_a_version()
    {
        Cri.VersionResponse version = await Client.VersionAsync(new());

        Assert.Matches(@"^v?\d+\.\d+(\.\d+)?([-+~.].*)?$", version.RuntimeVersion);
    }

    [Fact]
    public async Task Calls_at_once_are_all_answered()
    {
        Cri.VersionResponse[] answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Client.VersionAsync(new())));

        Assert.All(answers, answer => Assert.Equal("v1", answer.RuntimeApiVersion));
    }
}
