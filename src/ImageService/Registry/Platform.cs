using System.Runtime.InteropServices;
using Keelson.Images.Registry.Model;

namespace Keelson.Images.Registry;

/// <summary>What this node runs, in the words of GOOS and GOARCH that indexes use.</summary>
/// <param name="Architecture">E.g. <c>amd64</c>.</param>
/// <param name="Variants">Accepted variants, the best first; an entry without one is always accepted.</param>
internal sealed record Platform(string Architecture, string[] Variants)
{
    private const string Os = "linux";

    internal static Platform Node { get; } = RuntimeInformation.OSArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => new Platform("amd64", ["v1"]),
        System.Runtime.InteropServices.Architecture.Arm64 => new Platform("arm64", ["v8"]),
        System.Runtime.InteropServices.Architecture.Arm => new Platform("arm", ["v7", "v6", "v5"]),
        System.Runtime.InteropServices.Architecture.S390x => new Platform("s390x", []),
        System.Runtime.InteropServices.Architecture.Ppc64le => new Platform("ppc64le", []),
        System.Runtime.InteropServices.Architecture.RiscV64 => new Platform("riscv64", []),
        System.Runtime.InteropServices.Architecture.LoongArch64 => new Platform("loong64", []),
        var other => new Platform(other.ToString().ToLowerInvariant(), []),
    };

    /// <summary>The entry of an index that fits best; null when none does.</summary>
    internal Descriptor? Choose(IEnumerable<Descriptor> manifests) => manifests
        .Where(entry => entry is not null && MediaTypes.IsManifest(entry.MediaType) && RankOf(entry) is not null)
        .MinBy(RankOf);

    /// <summary>Whether a config says that the image is for this platform; one that says nothing is taken at its word.</summary>
    internal bool Runs(ImageConfigFile config) =>
        (config.Os.Length == 0 || config.Os == Os) && (config.Architecture.Length == 0 || config.Architecture == Architecture);

    /// <inheritdoc/>
    public override string ToString() => $"{Os}/{Architecture}";

    private int? RankOf(Descriptor entry)
    {
        if (entry.Platform is not { } platform || platform.Os != Os || platform.Architecture != Architecture)
        {
            return null;
        }

        if (string.IsNullOrEmpty(platform.Variant))
        {
            return Variants.Length;
        }

        int rank = Array.IndexOf(Variants, platform.Variant);
        return rank < 0 ? null : rank;
    }
}
