using System.Collections.Immutable;
using Keelson.Core;
using Keelson.Oci.External;
using Keelson.Sandboxes;

namespace Keelson.PodSandbox.Tests.Handlers;

public sealed class RuntimeHandlerTests
{
    [Fact]
    public void No_annotation_reaches_a_runtime_unasked()
    {
        Assert.Empty(Handler().Allowed(Map(("run.oci.x", "1"))));
        Assert.Equal(["a", "io.katacontainers.config"], Handler("a", "io.katacontainers.*").Allowed(
            Map(("a", "1"), ("ab", "2"), ("io.katacontainers.config", "3")), Map(("run.oci.x", "4"))).Keys);
    }

    [Fact]
    public void What_the_container_says_wins_over_what_the_pod_says() =>
        Assert.Equal("2", Handler("*").Allowed(Map(("a", "1")), Map(("a", "2")))["a"]);

    [Theory]
    [InlineData("", null)]
    [InlineData("no json at all\n", null)]
    [InlineData("{\"level\":\"warning\",\"msg\":\"slow\"}\n", null)]
    [InlineData("{\"level\":\"error\",\"msg\":\"first\"}\n{\"level\":\"error\",\"msg\":\"second\\n\"}\n{\"level\":\"err", "second")]
    [InlineData("{\"msg\":\"exec: no such file\"}", "exec: no such file")]
    [InlineData("[1]\n3\nnull\n", null)]
    public void A_runtimes_last_error_is_found_in_its_log(string log, string? message)
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, log);
            Assert.Equal(message, OciLog.LastError(HostPath.Parse(path)));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static RuntimeHandler Handler(params string[] annotations) =>
        new("crun", new OciRuntime { Program = HostPath.Parse("/usr/bin/crun"), Root = HostPath.Parse("/run/oci") }, [.. annotations]);

    private static ImmutableSortedDictionary<string, string> Map(params (string Name, string Value)[] pairs) =>
        pairs.ToImmutableSortedDictionary(pair => pair.Name, pair => pair.Value);
}
