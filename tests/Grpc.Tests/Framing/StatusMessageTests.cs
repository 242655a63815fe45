namespace Keelson.Grpc.Tests.Framing;

public sealed class StatusMessageTests
{
    [Theory]
    [InlineData("plain text, with punctuation!", "plain text, with punctuation!")]
    [InlineData("100%", "100%25")]
    [InlineData("a\nb", "a%0Ab")]
    [InlineData("é", "%C3%A9")]
    public void Bytes_outside_printable_ASCII_are_escaped(string message, string encoded)
    {
        Assert.Equal(encoded, StatusMessage.Encode(message));
        Assert.Equal(message, StatusMessage.Decode(encoded));
    }

    [Theory]
    [InlineData("x")]
    [InlineData("☃")]
    [InlineData("😀")]
    public void A_long_message_is_cut_between_characters(string character)
    {
        string encoded = StatusMessage.Encode(string.Concat(Enumerable.Repeat(character, 50_000)));
        Assert.True(encoded.Length <= StatusMessage.MaxEncodedLength);
        string decoded = StatusMessage.Decode(encoded);
        Assert.EndsWith("...", decoded, StringComparison.Ordinal);
        Assert.Equal("", decoded[..^3].Replace(character, "", StringComparison.Ordinal));
    }

    [Fact]
    public void Half_a_surrogate_becomes_a_replacement_character()
    {
        Assert.Equal("\uFFFD", StatusMessage.Decode(StatusMessage.Encode("\uD83D")));
    }
}
