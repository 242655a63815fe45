using Keelson.Linux;
using Keelson.Shim.Hosting;

namespace Keelson.Shim.Stdio;

/// <summary>
/// The memory all streams of the pod share, because only one is served at a time. It goes back to the kernel when
/// nothing has used it for a while: a quiet pod costs no buffers.
/// </summary>
internal sealed class ScratchBuffers
{
    /// <summary>One read takes all a pipe of the default size can hold.</summary>
    public const int ReadBytes = 64 * 1024;

    /// <summary>Some 64 KiB of 100-byte lines with their prefixes, and a line of the usual limit.</summary>
    private const int OutputBytes = 128 * 1024;

    private const int PooledCaptures = 4;
    private const int PooledCaptureBytes = 64 * 1024;
    private const long IdleNanoseconds = 200_000_000;

    /// <summary>
    /// Requests leave some garbage each, a probe about 3 KiB, and the collector by itself would let it grow for
    /// megabytes; with this little on the heap a collection takes less than a millisecond.
    /// </summary>
    private const long GarbageBytes = 96 * 1024;

    private readonly EventLoop _loop;
    private readonly LoopTimer _idle;
    private readonly Stack<NativeBuffer> _captures = new(PooledCaptures);
    private long _allocatedAtCollection;

    public ScratchBuffers(EventLoop loop)
    {
        _loop = loop;
        _idle = new LoopTimer(GiveBack);
    }

    /// <summary>For reading into.</summary>
    public NativeBuffer Input { get; } = new(ReadBytes + (16 * 1024));

    /// <summary>For formatting into.</summary>
    public NativeBuffer Output { get; } = new(OutputBytes);

    /// <summary>Called when the memory is given back, for others who hold some.</summary>
    public Action? Idle { get; set; }

    /// <summary>Puts off giving the memory back.</summary>
    public void Touch() => _loop.Arm(_idle, IdleNanoseconds);

    /// <summary>An empty buffer for the output of an exec; <see cref="Return"/> it.</summary>
    public NativeBuffer RentCapture()
    {
        Touch();
        return _captures.Count > 0 ? _captures.Pop() : new NativeBuffer(PooledCaptureBytes);
    }

    public void Return(NativeBuffer capture)
    {
        if (_captures.Count < PooledCaptures && capture.Capacity == PooledCaptureBytes)
        {
            capture.Clear();
            _captures.Push(capture);
        }
        else
        {
            capture.Dispose();
        }
    }

    private void GiveBack()
    {
        Input.GiveBack();
        Output.GiveBack();
        foreach (NativeBuffer capture in _captures)
        {
            capture.GiveBack();
        }

        Idle?.Invoke();
        long allocated = GC.GetTotalAllocatedBytes();
        if (allocated - _allocatedAtCollection > GarbageBytes)
        {
            _allocatedAtCollection = allocated;
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            NativeHeap.Trim();
        }
    }
}
