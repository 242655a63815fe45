namespace Keelson.Shim.Hosting;

/// <summary>Something whose descriptor the <see cref="EventLoop"/> watches.</summary>
internal interface IEventSource
{
    /// <summary>The descriptor is ready; called on the loop's thread.</summary>
    void OnEvents(uint events);

    /// <summary><see cref="OnEvents"/> threw. Stop watching what cannot be served, so that it does not come back at once.</summary>
    void OnFailure(Exception failure);
}
