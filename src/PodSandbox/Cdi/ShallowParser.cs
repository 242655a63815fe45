using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Keelson.Sandboxes.Cdi;

/// <summary>Refuses what is nested deeper than any specification: the node tree is built by recursion, and a stack that is used up ends the daemon.</summary>
internal sealed class ShallowParser(IParser inner) : IParser
{
    internal const int MaxDepth = 32;

    private int _depth;

    public ParsingEvent? Current => inner.Current;

    public bool MoveNext()
    {
        bool moved = inner.MoveNext();
        _depth += moved ? Current!.NestingIncrease : 0;
        return _depth <= MaxDepth + 2
            ? moved
            : throw new YamlException(Current!.Start, Current.End, $"more than {MaxDepth} levels");
    }
}
