using Keelson.Core;
using Keelson.Oci.Signals;
using Keelson.Sandboxes.Cdi;
using Keelson.Sandboxes.Users;

namespace Keelson.Sandboxes;

/// <summary>What a container request must be before anything is done about it.</summary>
internal static class ContainerRules
{
    /// <exception cref="KeelsonException">InvalidArgument, KubeletToken, Unimplemented.</exception>
    internal static void Check(ContainerConfig config, PodContext pod)
    {
        Require(config.Metadata.Name.Length > 0, "container metadata: no name");
        Require(
            !config.LogPath.Split('/').Contains("..") && !config.LogPath.Contains('\0'), $"log path '{config.LogPath}': '..' is not allowed");
        UserRules.Check(config.Security);
        CheckNamespaces(config.Security.Namespaces, pod);
        foreach (ContainerMount mount in config.Mounts)
        {
            CheckMount(mount);
        }

        foreach (ContainerDevice device in config.Devices)
        {
            Require(device.HostPath.StartsWith('/'), $"device '{device.HostPath}': expected an absolute path");
            Require(device.Permissions.All(c => c is 'r' or 'w' or 'm'), $"device '{device.HostPath}': permissions '{device.Permissions}' are not letters of rwm");
        }

        if (config.StopSignal.Length > 0)
        {
            SignalTable.Parse(config.StopSignal);
        }

        CdiRequest.Of(config);
    }

    private static void CheckNamespaces(NamespaceOptions own, PodContext pod)
    {
        if (own.UserNamespace is { Mode: NamespaceMode.Pod })
        {
            throw new KeelsonException(ErrorKind.InvalidArgument, "the container asks for a user namespace that its sandbox does not have");
        }

        if (own.Pid == NamespaceMode.Target)
        {
            Require(
                pod.Containers.FindByPrefix(own.TargetId) is not null, $"PID namespace of container '{own.TargetId}': no such container");
        }
    }

    private static void CheckMount(ContainerMount mount)
    {
        string subject = $"mount at '{mount.ContainerPath}'";

        // A relative path is taken from the root, as the other runtimes do; '..' would leave it.
        Require(mount.ContainerPath.Length > 0 && !mount.ContainerPath.Split('/').Contains("..") && !mount.ContainerPath.Contains('\0'), $"{subject}: '..' is not allowed");
        Require(
            mount.Image is null != (mount.HostPath.Length == 0),
            $"{subject}: expected either a host path or an image");
        Require(mount.Image is not null || mount.HostPath.StartsWith('/'), $"{subject}: host path '{mount.HostPath}' is not absolute");
        Require(mount.Image is null || mount.Readonly, $"{subject}: an image can only be mounted read-only");
        Require(mount.UidMappings.IsEmpty && mount.GidMappings.IsEmpty, $"{subject}: id mappings need a user namespace");
        if (mount.RecursiveReadOnly)
        {
            Require(mount.Readonly, $"{subject}: recursively read-only needs read-only");
            Require(mount.Propagation == MountPropagation.Private, $"{subject}: recursively read-only needs private propagation");
        }

        if (mount.ImageSubPath.Length > 0)
        {
            throw new KeelsonException(ErrorKind.KubeletToken, $"ImageVolumeMountFailed: {subject}: sub paths of images are not supported yet");
        }
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new KeelsonException(ErrorKind.InvalidArgument, otherwise);
        }
    }
}
