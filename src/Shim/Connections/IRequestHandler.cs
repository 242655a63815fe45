using Keelson.Oci.Shims.Protocol;

namespace Keelson.Shim.Connections;

/// <summary>Who acts on what connections receive.</summary>
internal interface IRequestHandler
{
    /// <summary>A frame the protocol allows here has come. <paramref name="body"/> is valid during the call only.</summary>
    void Handle(Connection connection, in FrameHeader header, ReadOnlySpan<byte> body);

    /// <summary>The connection is over.</summary>
    void Closed(Connection connection);
}
