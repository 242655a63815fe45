namespace Keelson.Oci.Shims.Protocol;

/// <summary>What the shim says first.</summary>
public readonly struct Welcome(ushort version, string build, int pid, string sandboxId)
{
    public ushort Version { get; } = version;

    /// <summary>The product version of the shim's binary; for people, never compared.</summary>
    public string Build { get; } = build;

    public int Pid { get; } = pid;

    public string SandboxId { get; } = sandboxId;

    public void Write(FrameWriter writer) =>
        writer.UInt32(ShimProtocol.Magic).UInt16(Version).String(Build).Int32(Pid).String(SandboxId);

    /// <exception cref="ShimProtocolException">Not a shim, or a version this build does not speak.</exception>
    public static Welcome Read(ReadOnlySpan<byte> body)
    {
        var reader = new FrameReader(body);
        ushort version = Greeting.ReadVersion(ref reader, ShimProtocol.OldestVersion, ShimProtocol.Version);
        var welcome = new Welcome(version, reader.String(), reader.Int32(), reader.String());
        reader.End();
        return welcome;
    }
}
