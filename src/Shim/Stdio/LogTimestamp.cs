namespace Keelson.Shim.Stdio;

/// <summary>RFC 3339 with nanoseconds in UTC, always 30 bytes: <c>2016-10-06T00:17:09.669794202Z</c>.</summary>
internal sealed class LogTimestamp
{
    public const int Length = 30;

    private const long NanosecondsPerSecond = 1_000_000_000;
    private const int FractionOffset = 20;

    private readonly byte[] _text = "0000-00-00T00:00:00.000000000Z"u8.ToArray();
    private long _second = long.MinValue;

    /// <summary>The text of <paramref name="nanoseconds"/> since the epoch; valid until the next call.</summary>
    public ReadOnlySpan<byte> Format(long nanoseconds)
    {
        long second = nanoseconds / NanosecondsPerSecond;
        if (second != _second)
        {
            _second = second;
            FormatSecond(second);
        }

        Digits(FractionOffset, 9, nanoseconds % NanosecondsPerSecond);
        return _text;
    }

    private void FormatSecond(long second)
    {
        DateTime time = DateTime.UnixEpoch.AddTicks(second * TimeSpan.TicksPerSecond);
        Digits(0, 4, time.Year);
        Digits(5, 2, time.Month);
        Digits(8, 2, time.Day);
        Digits(11, 2, time.Hour);
        Digits(14, 2, time.Minute);
        Digits(17, 2, time.Second);
    }

    private void Digits(int offset, int count, long value)
    {
        for (int i = offset + count - 1; i >= offset; i--)
        {
            _text[i] = (byte)('0' + (value % 10));
            value /= 10;
        }
    }
}
