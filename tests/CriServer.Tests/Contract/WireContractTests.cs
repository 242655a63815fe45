using Google.Protobuf.Reflection;

namespace Keelson.CriServer.Tests.Contract;

public sealed class WireContractTests
{
    private static readonly FileDescriptor File = Cri.ApiReflection.Descriptor;

    [Fact]
    public void Every_fact_of_the_table_is_in_the_compiled_descriptor()
    {
        Assert.Empty(CriFacts.Load().Except(DescriptorFacts.Of(File), StringComparer.Ordinal));
    }

    [Fact]
    public void The_compiled_descriptor_has_nothing_that_the_table_lacks()
    {
        Assert.Empty(DescriptorFacts.Of(File).Except(CriFacts.Load(), StringComparer.Ordinal));
    }

    [Fact]
    public void The_table_names_each_fact_once()
    {
        IReadOnlyList<string> facts = CriFacts.Load();
        Assert.Equal(facts.Count, facts.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void There_are_43_calls_in_the_package_that_clients_put_into_the_path()
    {
        Assert.Equal("runtime.v1", File.Package);
        Assert.Equal(["ImageService", "RuntimeService"], File.Services.Select(s => s.Name).Order(StringComparer.Ordinal));
        Assert.Equal(43, File.Services.Sum(s => s.Methods.Count));
    }

    [Fact]
    public void Environment_values_are_bytes()
    {
        Assert.Equal(FieldType.Bytes, Cri.KeyValue.Descriptor.FindFieldByName("value").FieldType);
    }

    [Fact]
    public void Exactly_the_secrets_of_AuthConfig_are_marked_for_redaction()
    {
        IEnumerable<string> redacted = File.MessageTypes
            .SelectMany(m => m.Fields.InDeclarationOrder())
            .Where(f => f.GetOptions()?.DebugRedact == true)
            .Select(f => f.FullName);
        string[] secrets = ["auth", "identity_token", "password", "registry_token"];
        Assert.Equal(secrets.Select(s => $"runtime.v1.AuthConfig.{s}"), redacted.Order(StringComparer.Ordinal));
    }
}
