using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Keelson.CriServer.Hosting;

/// <summary>
/// sd_notify(3): tells systemd that the daemon is ready, stopping, or still alive. Does nothing when not started by it.
/// </summary>
internal sealed class ServiceManager
{
    private readonly string? _socket;

    /// <param name="environment">Reads a variable of the environment: NOTIFY_SOCKET and WATCHDOG_USEC.</param>
    internal ServiceManager(Func<string, string?> environment)
    {
        _socket = environment("NOTIFY_SOCKET");
        WatchdogInterval = long.TryParse(environment("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out long micros) && _socket is not null
            ? TimeSpan.FromMicroseconds(micros) / 2
            : null;
    }

    /// <summary>How often systemd wants to hear from us: half of what it waits. Null for never.</summary>
    internal TimeSpan? WatchdogInterval { get; }

    internal void Ready() => Send("READY=1\nSTATUS=serving");

    internal void Stopping() => Send("STOPPING=1\nSTATUS=stopping; containers go on");

    internal void Alive() => Send("WATCHDOG=1");

    private void Send(string state)
    {
        if (string.IsNullOrEmpty(_socket))
        {
            return;
        }

        // A leading @ is how systemd writes the NUL of an abstract address.
        string address = _socket[0] == '@' ? '\0' + _socket[1..] : _socket;
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            socket.SendTo(Encoding.UTF8.GetBytes(state), new UnixDomainSocketEndPoint(address));
        }
        catch (SocketException)
        {
            // Best effort: the manager going away must not take the daemon along.
        }
    }
}
