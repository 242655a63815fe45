using System.Text;
using Keelson.CriServer.Commands;

namespace Keelson.CriServer.Tests.Commands;

public sealed class StepTimesTests
{
    [Theory]
    [InlineData(true, @"^StartContainer +\d+\.\d ms\n$")]
    [InlineData(false, "^$")]
    public async Task A_step_tells_its_time_on_standard_error_when_asked(bool asked, string expected)
    {
        using var output = new MemoryStream();
        using var error = new MemoryStream();
        var context = new CommandContext { Out = output, Error = error, Interactive = false, Environment = _ => null };

        int result = await new StepTimes(context, asked).MeasureAsync("StartContainer", () => Task.FromResult(7));

        Assert.Equal(7, result);
        Assert.Equal(0, output.Length);
        Assert.Matches(expected, Encoding.UTF8.GetString(error.ToArray()));
    }

    [Fact]
    public async Task A_failed_step_tells_no_time()
    {
        using var error = new MemoryStream();
        var context = new CommandContext { Out = Stream.Null, Error = error, Interactive = false, Environment = _ => null };

        await Assert.ThrowsAsync<TimeoutException>(
            () => new StepTimes(context, enabled: true).MeasureAsync<int>("RunPodSandbox", () => throw new TimeoutException()));

        Assert.Equal(0, error.Length);
    }
}
