using Keelson.Sandboxes;

namespace Keelson.CriServer.Mapping;

/// <summary>Mounts, both ways: the kubelet finds the termination message by the mounts that a status reports.</summary>
internal static class MountMapping
{
    internal static ContainerMount ToDomain(Cri.Mount mount)
    {
        string target = mount.ContainerPath;
        Invalid.Unless(target.Length > 0, "mount: container_path is empty");
        Invalid.Unless(Enum.IsDefined(mount.Propagation), $"mount '{target}': unknown propagation {(int)mount.Propagation}");
        Invalid.Unless(mount.MountOptions.Count == 0, $"mount '{target}': mount_options are not supported");
        bool image = mount.Image is { Image.Length: > 0 };
        if (image)
        {
            Invalid.Unless(mount.HostPath.Length == 0, $"mount '{target}': image and host_path exclude each other");
            Invalid.Unless(mount.Readonly, $"mount '{target}': an image is mounted read-only");
        }
        else
        {
            Invalid.Unless(mount.HostPath.StartsWith('/'), $"mount '{target}': host_path '{mount.HostPath}' is not absolute");
            Invalid.Unless(mount.ImageSubPath.Length == 0, $"mount '{target}': image_sub_path needs image");
        }

        if (mount.RecursiveReadOnly)
        {
            Invalid.Unless(mount.Readonly, $"mount '{target}': recursive_read_only needs readonly");
            Invalid.Unless(
                mount.Propagation == Cri.MountPropagation.PropagationPrivate, $"mount '{target}': recursive_read_only needs private propagation");
        }

        return new ContainerMount
        {
            ContainerPath = target,
            HostPath = mount.HostPath,
            Readonly = mount.Readonly,
            SelinuxRelabel = mount.SelinuxRelabel,
            Propagation = (MountPropagation)mount.Propagation,
            UidMappings = NamespaceMapping.ToDomain(mount.UidMappings),
            GidMappings = NamespaceMapping.ToDomain(mount.GidMappings),
            RecursiveReadOnly = mount.RecursiveReadOnly,
            Image = image ? ImageMapping.ToContainerImage(mount.Image) : null,
            ImageSubPath = mount.ImageSubPath,
        };
    }

    internal static Cri.Mount ToCri(ContainerMount mount)
    {
        var message = new Cri.Mount
        {
            ContainerPath = mount.ContainerPath,
            HostPath = mount.HostPath,
            Readonly = mount.Readonly,
            SelinuxRelabel = mount.SelinuxRelabel,
            Propagation = (Cri.MountPropagation)mount.Propagation,
            RecursiveReadOnly = mount.RecursiveReadOnly,
            Image = mount.Image is { } image ? ImageMapping.ToSpec(image) : null,
            ImageSubPath = mount.ImageSubPath,
        };
        message.UidMappings.Add(mount.UidMappings.Select(NamespaceMapping.ToCri));
        message.GidMappings.Add(mount.GidMappings.Select(NamespaceMapping.ToCri));
        return message;
    }
}
