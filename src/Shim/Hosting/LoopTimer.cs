namespace Keelson.Shim.Hosting;

/// <summary>A callback at a time, made once and armed again and again without allocating.</summary>
internal sealed class LoopTimer(Action callback)
{
    /// <summary>On <see cref="Linux.Clock.MonotonicNanoseconds"/>; meaningless unless armed.</summary>
    public long DueNanoseconds { get; set; }

    public bool IsArmed { get; set; }

    public void Fire() => callback();
}
