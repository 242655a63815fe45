using System.Buffers.Binary;
using System.Net.Sockets;

namespace Keelson.Grpc;

/// <summary>Who connected, as the kernel recorded it at connect(2) (unix(7), SO_PEERCRED).</summary>
/// <param name="Pid">In our pid namespace; 0 when the peer is in none below it.</param>
/// <param name="Uid">Effective user at connect.</param>
/// <param name="Gid">Effective group at connect.</param>
public sealed record PeerCredentials(int Pid, uint Uid, uint Gid)
{
    private const int SOL_SOCKET = 1;
    private const int SO_PEERCRED = 17;

    internal static PeerCredentials Of(Socket socket)
    {
        // struct ucred { pid_t pid; uid_t uid; gid_t gid; } in native byte order, which is little-endian on all we run on.
        Span<byte> ucred = stackalloc byte[12];
        socket.GetRawSocketOption(SOL_SOCKET, SO_PEERCRED, ucred);
        return new PeerCredentials(
            BinaryPrimitives.ReadInt32LittleEndian(ucred),
            BinaryPrimitives.ReadUInt32LittleEndian(ucred[4..]),
            BinaryPrimitives.ReadUInt32LittleEndian(ucred[8..]));
    }
}
