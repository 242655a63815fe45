using Keelson.Linux;

namespace Keelson.Shim.Exec;

/// <summary>
/// How much of an exec's two outputs is kept together. Whichever writes first may fill all of it; when the other comes,
/// what is above the first one's half is cut from its end again. What is kept of each is always its beginning.
/// </summary>
/// <remarks>
/// Once the limit is reached it stays reached: room only goes from the one above its half to the one below. So an output
/// that has lost something never gets room again, and has no gap.
/// </remarks>
internal sealed class OutputBudget(int limit)
{
    private NativeBuffer? _first;
    private NativeBuffer? _second;

    /// <summary>Takes part with what is kept of one output.</summary>
    public void Join(NativeBuffer content)
    {
        if (_first is null)
        {
            _first = content;
        }
        else
        {
            _second = content;
        }
    }

    /// <summary>What may be added to <paramref name="content"/> now.</summary>
    public int RoomFor(NativeBuffer content) => Math.Max(limit - Kept, (limit / 2) - content.Length);

    /// <summary>To be called after <paramref name="content"/> has grown.</summary>
    public void Settle(NativeBuffer content)
    {
        int over = Kept - limit;
        if (over > 0)
        {
            (content == _first ? _second : _first)!.Shorten(over);
        }
    }

    private int Kept => (_first?.Length ?? 0) + (_second?.Length ?? 0);
}
