using System.Collections.Immutable;
using Keelson.Core;

namespace Keelson.Sandboxes.Spec;

/// <summary>What is run, and where.</summary>
internal sealed class CommandContributor : ISpecContributor
{
    public void Contribute(SpecDraft draft, SpecInputs inputs)
    {
        ContainerConfig config = inputs.Config;
        ImageRunConfig image = inputs.Image.Config;

        // As Kubernetes documents it: a command replaces entry point and command of the image, arguments alone only the latter.
        ImmutableArray<string> command = config.Command.IsEmpty ? image.Entrypoint : config.Command;
        ImmutableArray<string> arguments = config.Args.IsEmpty && config.Command.IsEmpty ? image.Command : config.Args;
        ImmutableArray<string> all = [.. command, .. arguments];
        if (all.IsEmpty)
        {
            throw new KeelsonException(ErrorKind.InvalidArgument, $"container '{config.Metadata.Name}': neither the request nor the image has a command");
        }

        if (all.Any(word => word.Contains('\0')))
        {
            throw new KeelsonException(ErrorKind.InvalidArgument, $"container '{config.Metadata.Name}': the command has a NUL character");
        }

        string directory = config.WorkingDirectory.Length > 0 ? config.WorkingDirectory : image.WorkingDirectory;
        draft.Process = draft.Process with
        {
            Args = all,
            Cwd = directory.Length == 0 ? "/" : directory[0] == '/' ? directory : "/" + directory,
            Terminal = config.Terminal,
        };
    }
}
