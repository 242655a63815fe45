using Keelson.Sandboxes;

namespace Keelson.CriServer.Mapping;

/// <summary>CreateContainer's configuration.</summary>
internal static class ContainerConfigMapping
{
    internal static ContainerConfig ToDomain(Cri.ContainerConfig? config)
    {
        Invalid.Unless(config is not null, "config is missing");
        Invalid.Unless(config!.Metadata is { Name.Length: > 0 }, "metadata: name must be set");
        _ = ImageMapping.Name(config.Image);
        return new ContainerConfig
        {
            Metadata = new ContainerMetadata(config.Metadata.Name, config.Metadata.Attempt),
            Image = ImageMapping.ToContainerImage(config.Image),
            Command = [.. config.Command],
            Args = [.. config.Args],
            Environment = [.. config.Envs.Select(Variable)],
            WorkingDirectory = config.WorkingDir,
            Mounts = [.. config.Mounts.Select(MountMapping.ToDomain)],
            Devices = [.. config.Devices.Select(d => new ContainerDevice(d.ContainerPath, d.HostPath, d.Permissions))],
            Labels = Maps.Of(config.Labels),
            Annotations = Maps.Of(config.Annotations),
            LogPath = config.LogPath,
            Stdin = config.Stdin,
            StdinOnce = config.StdinOnce,
            Terminal = config.Tty,
            Resources = ResourcesMapping.ToDomain(config.Linux?.Resources) ?? LinuxResources.None,
            Security = SecurityMapping.ToDomain(config.Linux?.SecurityContext),
            CdiDevices = [.. config.CDIDevices.Select(d => d.Name)],
            StopSignal = SignalMapping.ToDomain(config.StopSignal),
        };
    }

    private static EnvironmentVariable Variable(Cri.KeyValue variable)
    {
        // The kernel ends a variable at NUL and its name at the first "=": such a one would arrive as another.
        Invalid.Unless(
            variable.Key.Length > 0 && !variable.Key.AsSpan().ContainsAny('=', '\0'), $"envs: '{variable.Key}' is not a variable's name");
        Invalid.Unless(!variable.Value.Span.Contains((byte)0), $"envs: the value of '{variable.Key}' contains NUL");
        return new EnvironmentVariable(variable.Key, variable.Value.Memory);
    }
}
