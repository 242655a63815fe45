using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Keelson.Core;

namespace Keelson.Sandboxes.Events;

/// <summary>Hands events to every subscriber. Nobody waits for one that is slow: it is ended and can begin anew.</summary>
internal sealed class EventHub
{
    private const int Bound = 4096;

    private readonly ConcurrentDictionary<Channel<PodEvent>, byte> _subscribers = new();

    internal void Publish(PodEvent podEvent)
    {
        foreach (Channel<PodEvent> subscriber in _subscribers.Keys)
        {
            if (!subscriber.Writer.TryWrite(podEvent))
            {
                _subscribers.TryRemove(subscriber, out _);
                subscriber.Writer.TryComplete(
                    new KeelsonException(ErrorKind.ResourceExhausted, $"the subscriber of events is {Bound} events behind"));
            }
        }
    }

    internal async IAsyncEnumerable<PodEvent> SubscribeAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Channel<PodEvent> channel = Channel.CreateBounded<PodEvent>(new BoundedChannelOptions(Bound) { SingleReader = true });
        _subscribers[channel] = 0;
        try
        {
            await foreach (PodEvent podEvent in channel.Reader.ReadAllAsync(cancellationToken))
            {
                yield return podEvent;
            }
        }
        finally
        {
            _subscribers.TryRemove(channel, out _);
        }
    }
}
