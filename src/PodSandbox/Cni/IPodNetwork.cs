using System.Collections.Immutable;

namespace Keelson.Sandboxes.Cni;

/// <summary>Connects sandboxes to the network.</summary>
internal interface IPodNetwork
{
    /// <summary>Connects; returns the addresses. After a failure <see cref="DetachAsync"/> gives back what was taken.</summary>
    Task<ImmutableArray<string>> AttachAsync(CniAttachment attachment);

    /// <summary>Disconnects, by what was recorded at the attachment. Repeatable; one that was never attached is fine.</summary>
    Task DetachAsync(string sandboxId);

    /// <summary>Whether pods could be connected now. Executes nothing.</summary>
    NetworkStatus Status();

    /// <summary>The recorded result as JSON; null when there is none.</summary>
    string? ResultOf(string sandboxId);

    /// <summary>Ids of the sandboxes that have a record.</summary>
    ImmutableArray<string> Recorded();
}
