namespace Keelson.Shim.Connections;

/// <summary>Where an answer goes; to nobody, if the daemon has gone meanwhile.</summary>
internal readonly struct ReplyTo(Connection connection, uint requestId)
{
    public Connection Connection { get; } = connection;

    public uint RequestId { get; } = requestId;
}
