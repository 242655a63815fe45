using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Keelson.CriServer.Configuration;
using Keelson.CriServer.Registry;
using Keelson.CriServer.Tests.Support;
using Keelson.Grpc;

namespace Keelson.CriServer.Tests.Registry;

public sealed class CallRegistryTests
{
    private static readonly IReadOnlyList<MethodDescriptor> Calls = [.. Cri.ApiReflection.Descriptor.Services.SelectMany(s => s.Methods)];

    [Fact]
    public void Every_call_has_a_handler_or_a_reason_why_not()
    {
        IEnumerable<string> served = CallRegistry.Build(new FakeRuntime(), new FakeImages(), new Settings([])).Paths;
        IEnumerable<string> missing = Calls.Where(c => UnimplementedCalls.Reasons.ContainsKey(c.Name)).Select(Path);
        Assert.Equal(Calls.Select(Path).Order(StringComparer.Ordinal), served.Concat(missing).Order(StringComparer.Ordinal));
        Assert.All(UnimplementedCalls.Reasons.Keys, name => Assert.Contains(Calls, c => c.Name == name));
    }

    [Fact]
    public async Task A_call_without_a_handler_is_answered_with_the_reason_that_the_README_gives()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        string readme = File.ReadAllText($"{SourceTree.Root}/README.md");
        foreach (MethodDescriptor call in Calls.Where(c => UnimplementedCalls.Reasons.ContainsKey(c.Name)))
        {
            var method = new RpcMethod<Empty, Empty>(call.Service.FullName, call.Name, Empty.Parser, Empty.Parser);
            RpcException end = await Assert.ThrowsAsync<RpcException>(() => daemon.CallAsync(method, new Empty()));

            Assert.Equal((StatusCode.Unimplemented, $"{call.Name}: {UnimplementedCalls.Reasons[call.Name]}"), (end.Status, end.Message));
            Assert.Contains($"| {call.Name} | Unimplemented: {end.Message[(call.Name.Length + 2)..]} |", readme, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_served_call_has_a_file_of_its_own_and_no_other_file_is_there()
    {
        foreach ((string service, string folder) in new[] { ("RuntimeService", "RuntimeApi"), ("ImageService", "ImageApi") })
        {
            IEnumerable<string> expected = Calls
                .Where(c => c.Service.Name == service && !UnimplementedCalls.Reasons.ContainsKey(c.Name))
                .Select(c => $"{c.Name}.cs");
            IEnumerable<string> files = Directory.EnumerateFiles($"{SourceTree.Root}/src/CriServer/{folder}").Select(f => System.IO.Path.GetFileName(f));
            Assert.Equal(expected.Order(StringComparer.Ordinal), files.Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void The_methods_that_client_and_server_share_cover_every_call()
    {
        IEnumerable<string> names = typeof(RuntimeMethods).GetProperties(System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)
            .Concat(typeof(ImageMethods).GetProperties(System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static))
            .Select(p => (string)p.PropertyType.GetProperty("Path")!.GetValue(p.GetValue(null))!);
        Assert.Equal(Calls.Select(Path).Order(StringComparer.Ordinal), names.Order(StringComparer.Ordinal));
    }

    [SkippableFact]
    public void The_README_shows_the_table_as_it_is()
    {
        string readme = $"{SourceTree.Root}/README.md";
        Skip.IfNot(File.Exists(readme), "there is no README.md yet");
        Assert.Contains(CallTablePrinter.Markdown(), File.ReadAllText(readme), StringComparison.Ordinal);
    }

    private static string Path(MethodDescriptor call) => $"/{call.Service.FullName}/{call.Name}";
}
