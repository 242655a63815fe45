using Keelson.Sandboxes.Stats;

namespace Keelson.PodSandbox.Tests.Stats;

public sealed class CpuRatesTests
{
    private const long Second = 1_000_000_000;

    private readonly CpuRates<string> _rates = new();

    [Fact]
    public void A_rate_needs_two_readings_and_is_of_the_time_between_them()
    {
        Assert.Null(_rates.Next("a", Second, 100));
        Assert.Equal(500_000_000UL, _rates.Next("a", 3 * Second, 100 + Second));
        Assert.Null(_rates.Next("b", 3 * Second, 7));
    }

    [Fact]
    public void A_reading_too_near_repeats_the_last_rate()
    {
        _rates.Next("a", Second, 0);
        _rates.Next("a", 2 * Second, Second);
        Assert.Equal(1_000_000_000UL, _rates.Next("a", (2 * Second) + 1, 5 * Second));
    }

    [Fact]
    public void A_counter_that_went_back_gives_no_rate_once_and_counts_on_from_there()
    {
        _rates.Next("a", Second, 9 * Second);
        Assert.Null(_rates.Next("a", 2 * Second, Second));
        Assert.Equal(250_000_000UL, _rates.Next("a", 4 * Second, Second + (Second / 2)));
    }

    [Fact]
    public void What_is_forgotten_begins_anew()
    {
        _rates.Next("a", Second, 0);
        _rates.Forget("a");
        Assert.Null(_rates.Next("a", 3 * Second, Second));
    }
}
