using Keelson.CriServer.Commands.Output;

namespace Keelson.CriServer.Tests.Commands;

public sealed class WordsTests
{
    [Theory]
    [InlineData(0, "0B")]
    [InlineData(999, "999B")]
    [InlineData(1500, "1.5kB")]
    [InlineData(2_480_000_000, "2.48GB")]
    [InlineData(ulong.MaxValue, "18446744.07TB")]
    public void Sizes_are_decimal(ulong bytes, string expected) => Assert.Equal(expected, Words.Size(bytes));

    [Theory]
    [InlineData(0.5, "now")]
    [InlineData(1, "1 second ago")]
    [InlineData(150, "2 minutes ago")]
    [InlineData(7200, "2 hours ago")]
    [InlineData(400_000, "4 days ago")]
    public void Ages_are_in_one_unit(double seconds, string expected)
    {
        DateTimeOffset now = DateTimeOffset.UnixEpoch.AddDays(100);
        Assert.Equal(expected, Words.Age((now.AddSeconds(-seconds) - DateTimeOffset.UnixEpoch).Ticks * 100, now));
    }
}
