using Keelson.Shim.Hosting;
using Keelson.Shim.Stdio;

namespace Keelson.Shim.Processes;

/// <summary>What everything in the shim works with.</summary>
internal sealed class ShimContext
{
    public ShimContext(EventLoop loop)
    {
        Loop = loop;
        Scratch = new ScratchBuffers(loop);
        Reaper = new ChildReaper(loop);
    }

    public EventLoop Loop { get; }

    public ScratchBuffers Scratch { get; }

    public ChildReaper Reaper { get; }
}
