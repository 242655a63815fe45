namespace Keelson.Sandboxes;

/// <summary>Transport protocols; the numbers are the CRI's.</summary>
public enum PortProtocol
{
    /// <summary>TCP.</summary>
    Tcp = 0,

    /// <summary>UDP.</summary>
    Udp = 1,

    /// <summary>SCTP.</summary>
    Sctp = 2,
}
