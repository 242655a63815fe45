using System.CommandLine;

namespace Keelson.CriServer.Commands;

/// <summary>The command line of <c>run</c>.</summary>
internal sealed class RunOptions
{
    internal Argument<string> Image { get; } = new("image") { Description = "A reference; pulled when it is not on the node" };

    internal Argument<string[]> Words { get; } = new("command")
    {
        Description = "Instead of the image's own command",
        Arity = ArgumentArity.ZeroOrMore,
    };

    internal Option<string?> Name { get; } = new("--name") { Description = "Name of pod and container [default: from the image]", HelpName = "name" };

    internal Option<string> Namespace { get; } = new("--namespace", "-n")
    {
        Description = "The pod's namespace",
        DefaultValueFactory = _ => "default",
        HelpName = "name",
    };

    internal Option<string?> PodFile { get; } = new("--pod-config")
    {
        Description = "The pod's configuration (PodSandboxConfig) as JSON; other options add to it",
        HelpName = "file",
    };

    internal Option<string?> ContainerFile { get; } = new("--container-config")
    {
        Description = "The container's configuration (ContainerConfig) as JSON; other options add to it",
        HelpName = "file",
    };

    internal Option<string[]> Environment { get; } = new("--env", "-e") { Description = "A variable, NAME=value; may be repeated", HelpName = "NAME=value" };

    internal Option<string[]> Mounts { get; } = new("--volume", "-v")
    {
        Description = "A directory of the node, host:container or host:container:ro; may be repeated",
        HelpName = "host:container",
    };

    internal Option<string[]> Ports { get; } = new("--publish", "-p")
    {
        Description = "A port, host:container or host:container/udp; may be repeated",
        HelpName = "host:container",
    };

    internal Option<string?> WorkingDirectory { get; } = new("--workdir", "-w") { Description = "Working directory", HelpName = "path" };

    internal Option<string?> User { get; } = new("--user", "-u") { Description = "A name, or uid or uid:gid", HelpName = "user" };

    internal Option<bool> Privileged { get; } = new("--privileged") { Description = "All capabilities and devices, no profiles" };

    internal Option<bool> HostNetwork { get; } = new("--host-network") { Description = "Use the node's network" };

    internal Option<string?> RuntimeHandler { get; } = new("--runtime-handler")
    {
        Description = "Who makes the container, as a RuntimeClass names it [default: the built-in launcher]",
        HelpName = "name",
    };

    internal Option<bool> Remove { get; } = new("--rm")
    {
        Description = "Stay, print the log, end with the container's exit code, and remove the pod",
    };

    internal Option<bool> Times { get; } = new("--times") { Description = "Print how long each call took, on standard error" };

    internal Command Command(string description) => new("run", description)
    {
        Name, Namespace, PodFile, ContainerFile, Environment, Mounts, Ports, WorkingDirectory, User, Privileged, HostNetwork, RuntimeHandler, Remove, Times,
        Image, Words,
    };
}
