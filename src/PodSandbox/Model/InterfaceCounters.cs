namespace Keelson.Sandboxes;

/// <summary>What passed through one interface since it was made.</summary>
public sealed record InterfaceCounters(string Name, ulong ReceivedBytes, ulong ReceiveErrors, ulong SentBytes, ulong SendErrors);
