namespace Keelson.TestKit;

public sealed class LeakException(IReadOnlyList<string> left)
    : Exception($"left behind:\n  {string.Join("\n  ", left)}")
{
    public IReadOnlyList<string> Left { get; } = left;
}
