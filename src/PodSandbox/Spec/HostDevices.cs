using System.Text;
using Keelson.Core;
using Keelson.Linux;
using Keelson.Oci.Spec;

namespace Keelson.Sandboxes.Spec;

/// <summary>Device nodes of the host.</summary>
internal static class HostDevices
{
    private const int MaxDepth = 8;

    // Terminals and what a container has of its own.
    private static readonly string[] Skipped = ["/dev/pts", "/dev/shm", "/dev/fd", "/dev/mqueue", "/dev/console", "/dev/ptmx", "/dev/lxd", "/dev/.udev"];

    /// <summary>The device at <paramref name="hostPath"/>, or those in the directory of that name.</summary>
    /// <exception cref="KeelsonException">NotFound or InvalidArgument.</exception>
    internal static IReadOnlyList<HostDevice> At(string hostPath, string containerPath)
    {
        string target = containerPath.Length > 0 ? containerPath : hostPath;

        if (!Path.Exists(hostPath))
        {
            throw new KeelsonException(ErrorKind.NotFound, $"device '{hostPath}': no such file");
        }

        string real = Real(hostPath);
        if (Directory.Exists(real))
        {
            var found = new List<HostDevice>();
            Collect(real, target, found, 0);
            return found.Count > 0 ? found : throw new KeelsonException(ErrorKind.InvalidArgument, $"device directory '{hostPath}' holds no devices");
        }

        return [Single(hostPath, target)];
    }

    /// <summary>The device at <paramref name="hostPath"/>, which is no directory.</summary>
    /// <exception cref="KeelsonException">NotFound or InvalidArgument.</exception>
    internal static HostDevice Single(string hostPath, string target)
    {
        if (!Path.Exists(hostPath))
        {
            throw new KeelsonException(ErrorKind.NotFound, $"device '{hostPath}': no such file");
        }

        return Look(Real(hostPath), target) ?? throw new KeelsonException(ErrorKind.InvalidArgument, $"device '{hostPath}': not a device");
    }

    internal static IReadOnlyList<HostDevice> All()
    {
        var found = new List<HostDevice>();
        Collect("/dev", "/dev", found, 0);
        return found;
    }

    // Links are resolved: the device plugins of many vendors name them by link.
    private static string Real(string path) => File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;

    private static void Collect(string directory, string target, List<HostDevice> found, int depth)
    {
        if (depth > MaxDepth || Skipped.Contains(directory))
        {
            return;
        }

        IEnumerable<FileSystemInfo> entries;
        try
        {
            entries = new DirectoryInfo(directory).EnumerateFileSystemInfos().ToList();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return;
        }

        foreach (FileSystemInfo entry in entries.Where(entry => entry.LinkTarget is null && !Skipped.Contains(entry.FullName)))
        {
            string inside = $"{target}/{entry.Name}";
            if (entry is DirectoryInfo)
            {
                Collect(entry.FullName, inside, found, depth + 1);
            }
            else if (Look(entry.FullName, inside) is { } device)
            {
                found.Add(device);
            }
        }
    }

    private static HostDevice? Look(string path, string target)
    {
        using SafeFd? parent = PlainFile.TryOpenDirectory(Path.GetDirectoryName(path) ?? "/", out _);
        if (parent is null || FilesAt.TryGetStatus(parent, Encoding.UTF8.GetBytes(Path.GetFileName(path)), out FileStatus status) != Errno.None
            || status.Kind is not (FileKind.CharacterDevice or FileKind.BlockDevice))
        {
            return null;
        }

        return new HostDevice(new DeviceSpec
        {
            Path = target,
            Type = status.Kind == FileKind.BlockDevice ? "b" : "c",
            Major = status.Device.Major,
            Minor = status.Device.Minor,
            FileMode = status.Permissions,
            Uid = status.Uid,
            Gid = status.Gid,
        });
    }
}
