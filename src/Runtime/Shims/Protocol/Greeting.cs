namespace Keelson.Oci.Shims.Protocol;

/// <summary>The first field of both greetings.</summary>
public static class Greeting
{
    public static void WriteHello(FrameWriter writer, ushort version, string build) =>
        writer.UInt32(ShimProtocol.Magic).UInt16(version).String(build);

    /// <exception cref="ShimProtocolException">Not a daemon, or not the shim's version.</exception>
    public static string ReadHello(ReadOnlySpan<byte> body)
    {
        var reader = new FrameReader(body);
        ReadVersion(ref reader, ShimProtocol.Version, ShimProtocol.Version);
        string build = reader.String();
        reader.End();
        return build;
    }

    internal static ushort ReadVersion(ref FrameReader reader, ushort oldest, ushort newest)
    {
        if (reader.UInt32() != ShimProtocol.Magic)
        {
            throw new ShimProtocolException("the peer speaks something else");
        }

        // Read no further: behind an unknown version the form of the rest is unknown too.
        ushort version = reader.UInt16();
        return version >= oldest && version <= newest
            ? version
            : throw new ShimProtocolException($"the peer speaks version {version}, this build {oldest} to {newest}");
    }
}
