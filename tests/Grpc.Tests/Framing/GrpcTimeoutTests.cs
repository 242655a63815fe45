namespace Keelson.Grpc.Tests.Framing;

public sealed class GrpcTimeoutTests
{
    [Theory]
    [InlineData("1S", 1_000.0)]
    [InlineData("250m", 250.0)]
    [InlineData("1999924u", 1_999.924)]
    [InlineData("99999999n", 99.9999)]
    [InlineData("2M", 120_000.0)]
    [InlineData("99999999H", 359_999_996_400_000.0)]
    [InlineData("0m", 0.0)]
    public void A_timeout_is_read_in_its_unit(string text, double milliseconds)
    {
        Assert.True(GrpcTimeout.TryParse(text, out TimeSpan timeout));
        Assert.Equal(milliseconds, timeout.TotalMilliseconds, tolerance: 0.001);
    }

    [Theory]
    [InlineData("")]
    [InlineData("m")]
    [InlineData("1")]
    [InlineData("-1m")]
    [InlineData("+1m")]
    [InlineData("1.5S")]
    [InlineData(" 1S")]
    [InlineData("1s")]
    [InlineData("123456789m")]
    public void Anything_else_is_refused(string text)
    {
        Assert.False(GrpcTimeout.TryParse(text, out _));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(99_999)]
    [InlineData(120_000)]
    [InlineData(86_400_000)]
    [InlineData(long.MaxValue / TimeSpan.TicksPerMillisecond)]
    public void What_is_written_is_read_back_and_never_longer(long milliseconds)
    {
        TimeSpan timeout = TimeSpan.FromMilliseconds(milliseconds);
        Assert.True(GrpcTimeout.TryParse(GrpcTimeout.Format(timeout), out TimeSpan read));
        Assert.True(read <= timeout || read == TimeSpan.FromMicroseconds(1));
    }
}
