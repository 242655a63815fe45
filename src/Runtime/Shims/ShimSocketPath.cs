using System.Text;
using Keelson.Core;
using Keelson.Linux;
using Keelson.Oci.Shims.Protocol;

namespace Keelson.Oci.Shims;

/// <summary>
/// The address of a shim's socket. A socket address holds 107 bytes; a longer path is reached through the open
/// directory, which must stay open while the address is used.
/// </summary>
internal sealed class ShimSocketPath : IDisposable
{
    private readonly SafeFd? _directory;

    public ShimSocketPath(HostPath directory)
    {
        Address = directory.Child(ShimProtocol.SocketName).Value;
        if (Encoding.UTF8.GetByteCount(Address) > UnixSocket.MaxPathBytes)
        {
            _directory = PlainFile.TryOpenDirectory(directory.Value, out Errno error)
                ?? throw new LinuxException("open", directory.Value, error);
            Address = $"/proc/self/fd/{_directory.Number}/{ShimProtocol.SocketName}";
        }
    }

    public string Address { get; }

    public void Dispose() => _directory?.Dispose();
}
