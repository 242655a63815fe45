using System.Globalization;
using System.Net.Sockets;

namespace Keelson.Bench;

/// <summary>A runtime to measure, seen from outside: its socket and its processes.</summary>
internal sealed class Target : IDisposable
{
    private readonly string _image;
    private readonly TemporaryDirectory _files;

    private Target(CriClient client, string name, string image, TemporaryDirectory files, int daemonProcess)
    {
        Client = client;
        Name = name;
        _image = image;
        _files = files;
        DaemonProcess = daemonProcess;
    }

    public CriClient Client { get; }

    public string Name { get; }

    public int DaemonProcess { get; }

    public static async Task<Target> ConnectAsync(string endpoint, string image, TemporaryDirectory files)
    {
        var client = new CriClient(endpoint);
        Cri.VersionResponse version = await client.VersionAsync(new() { Version = "0.1.0" });
        string id = (await client.PullImageAsync(new() { Image = new() { Image = image } })).ImageRef;
        return new Target(client, $"{version.RuntimeName} {version.RuntimeVersion}", id, files, PeerOf(client.SocketPath));
    }

    public async Task<(string Id, Cri.PodSandboxConfig Config)> RunPodAsync(bool hostNetwork)
    {
        Cri.PodSandboxConfig config = PodConfig(hostNetwork);
        return ((await Client.RunPodSandboxAsync(new() { Config = config })).PodSandboxId, config);
    }

    public Cri.PodSandboxConfig PodConfig(bool hostNetwork) => Kubelet.Pod(_files.HostPath, config =>
    {
        if (hostNetwork)
        {
            config.Linux.SecurityContext.NamespaceOptions.Network = Cri.NamespaceMode.Node;
            config.Hostname = "";
        }
    });

    public Cri.CreateContainerRequest Container(
        string pod, Cri.PodSandboxConfig config, IEnumerable<string> command, Action<Cri.ContainerConfig>? change = null) =>
        new() { PodSandboxId = pod, SandboxConfig = config, Config = Kubelet.Container(config, _image, command, change) };

    public async Task RemoveAsync(string pod)
    {
        await Client.StopPodSandboxAsync(new() { PodSandboxId = pod });
        await Client.RemovePodSandboxAsync(new() { PodSandboxId = pod });
    }

    /// <summary>The processes that stay beside the pods: shims, whose command lines name the daemon's directory or socket.</summary>
    public IReadOnlyList<int> Helpers()
    {
        string mark = Path.GetDirectoryName(Client.SocketPath)!;
        var found = new List<int>();
        foreach (string directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out int process) || process == DaemonProcess)
            {
                continue;
            }

            try
            {
                string[] words = File.ReadAllText($"{directory}/cmdline").Split('\0');
                if (words[0].Contains("shim", StringComparison.Ordinal) && words.Any(word => word.Contains(mark, StringComparison.Ordinal)))
                {
                    found.Add(process);
                }
            }
            catch (IOException)
            {
                // It ended meanwhile.
            }
        }

        return found;
    }

    public void Dispose() => Client.Dispose();

    /// <summary>Who listens: the kernel says so for a Unix socket.</summary>
    private static int PeerOf(string socketPath)
    {
        const int SolSocket = 1;
        const int SoPeerCred = 17;
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(socketPath));
        byte[] credentials = new byte[12];
        socket.GetRawSocketOption(SolSocket, SoPeerCred, credentials);
        return BitConverter.ToInt32(credentials);
    }
}
