using Keelson.Oci.Spec;

namespace Keelson.Sandboxes.Spec;

/// <summary>A runtime-spec in the making.</summary>
internal sealed class SpecDraft
{
    internal ProcessSpec Process { get; set; } = new();

    internal LinuxSpec Linux { get; set; } = new();

    internal ResourcesSpec Resources { get; set; } = new();

    internal RootSpec Root { get; set; } = new() { Path = "/" };

    internal List<MountSpec> Mounts { get; } = [];

    /// <summary>Namespaces of the pod's pause, or of a target container, that are joined; names of the runtime-spec.</summary>
    internal List<string> Joined { get; } = [];

    internal BuiltSpec Build() => new(
        new RuntimeSpec
        {
            Root = Root,
            Process = Process,
            Mounts = [.. Mounts],
            Linux = Linux with { Resources = Resources },
        },
        [.. Joined]);
}
