using System.Globalization;

namespace Keelson.CriServer.Commands;

/// <summary>Tells on standard error how long each call of a command took, where that was asked for.</summary>
internal sealed class StepTimes(CommandContext context, bool enabled)
{
    /// <summary>Runs a step and, when it has succeeded, prints its time in milliseconds.</summary>
    internal async Task<T> MeasureAsync<T>(string step, Func<Task<T>> run)
    {
        long begin = context.Time.GetTimestamp();
        T result = await run();
        if (enabled)
        {
            double milliseconds = context.Time.GetElapsedTime(begin).TotalMilliseconds;
            context.WriteErrorLine(string.Create(CultureInfo.InvariantCulture, $"{step,-16} {milliseconds,8:0.0} ms"));
        }

        return result;
    }
}
