
namespace Keelson.Core.Tests;

public sealed class IdentifierTests
{
    [Fact]
    public void A_new_id_is_64_lower_case_hexadecimal_digits_and_differs_from_the_next()
    {
        ContainerId first = ContainerId.New();
        ContainerId second = ContainerId.New();

        Assert.Matches("^[0-9a-f]{64}$", first.Value);
        Assert.NotEqual(first, second);
        Assert.Equal(first, ContainerId.Parse(first.Value));
        Assert.Equal(first.Value[..12], first.Short);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789")]
    [InlineData("../../../../../../../../../../../../../../../../../../../../../e")]
    [InlineData("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde-")]
    public void Anything_but_64_lower_case_hexadecimal_digits_is_no_id(string? text)
    {
        Assert.False(SandboxId.TryParse(text, out _));
        Assert.False(ContainerId.TryParse(text, out _));
    }

    [Fact]
    public void Parsing_a_bad_id_says_what_was_expected()
    {
        KeelsonException failure = Assert.Throws<KeelsonException>(() => SandboxId.Parse("x1"));

        Assert.Equal(ErrorKind.InvalidArgument, failure.Kind);
        Assert.Contains("'x1'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_default_id_cannot_be_used_as_a_value()
    {
        Assert.Throws<InvalidOperationException>(() => default(ContainerId).Value);
        Assert.Throws<InvalidOperationException>(() => default(SandboxId).Short);
    }
}
