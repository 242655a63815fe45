using Keelson.Core;
using Keelson.Linux;

namespace Keelson.Images.Store;

/// <summary>Where things are below the image root.</summary>
internal sealed class StoreLayout
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    internal StoreLayout(HostPath root)
    {
        Root = root;
        Content = root.Child("content");
        Layers = root.Child("layers");
        Images = root.Child("images");
    }

    internal HostPath Root { get; }

    internal HostPath Content { get; }

    internal HostPath Layers { get; }

    internal HostPath Images { get; }

    /// <summary>The tree of a layer.</summary>
    internal HostPath LayerTree(Digest chainId) => LayerDirectory(chainId).Child("fs");

    internal HostPath LayerDirectory(Digest chainId) => Layers.Child(chainId.Hex);

    internal HostPath ImageFile(Digest id) => Images.Child(id.Hex + ".json");

    internal HostPath Blob(Digest digest) => Content.Child($"{digest.Algorithm}-{digest.Hex}");

    /// <summary>
    /// Makes the directories, open to their owner alone whatever the umask or an earlier run left: layers hold setuid
    /// programs, which nobody on the host may reach (CVE-2021-41103, CVE-2024-25621).
    /// </summary>
    internal void Create()
    {
        foreach (HostPath directory in new[] { Root, Content, Layers, Images })
        {
            MakePrivate(directory);
        }
    }

    internal static void MakePrivate(HostPath directory) => OwnDirectory.Make(directory, OwnerOnly);
}
