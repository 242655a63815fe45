using FsCheck;
using FsCheck.Fluent;
using Keelson.Linux;
using Keelson.TestKit;
using Keelson.TestKit.Images;

namespace Keelson.ImageService.Tests.Layers;

[Trait("needs", "root")]
public sealed class TreePropertyTests
{
    private static readonly string[] Names = ["a", "b", "c", "..", ".", "dé", "x y"];

    /// <summary>Random entries, names drawn from few so that they collide, against a model of the last entry winning.</summary>
    [SkippableFact]
    public void Any_sequence_of_entries_gives_the_tree_that_the_last_entries_say()
    {
        Needs.Root();
        Gen<string> path = Gen.Choose(1, 4).SelectMany(depth => Gen.Elements(Names).ListOf(depth)).Select(parts => string.Join('/', parts));
        Gen<(string Path, int Kind, int Size)> entry =
            from name in path
            from kind in Gen.Choose(0, 2)
            from size in Gen.Choose(0, 2000)
            select (name, kind, size);
        Prop.ForAll(entry.ListOf(25).ToArbitrary(), entries => Holds([.. entries]))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(60));
    }

    private static bool Holds((string Path, int Kind, int Size)[] entries)
    {
        var model = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var tar = new TarBuilder();
        foreach ((string raw, int kind, int size) in entries)
        {
            string path = Clean(raw);
            if (path.Length == 0 || Parents(path).Any(parent => model.TryGetValue(parent, out string? there) && there != "dir"))
            {
                continue;
            }

            foreach (string parent in Parents(path))
            {
                model[parent] = "dir";
            }

            string content = new((char)('a' + (size % 26)), size % 50);
            bool wasDirectory = model.GetValueOrDefault(path) == "dir";
            if (kind != 0 || !wasDirectory)
            {
                foreach (string below in model.Keys.Where(key => key.StartsWith(path + "/", StringComparison.Ordinal)).ToArray())
                {
                    model.Remove(below);
                }
            }

            switch (kind)
            {
                case 0:
                    tar.Directory(raw);
                    model[path] = "dir";
                    break;
                case 1:
                    tar.File(raw, content);
                    model[path] = $"file {content}";
                    break;
                default:
                    tar.Symlink(raw, "nowhere");
                    model[path] = "link nowhere";
                    break;
            }
        }

        using var place = new Unpacking();
        place.RunAsync(tar.ToArray()).GetAwaiter().GetResult();
        place.AssertNothingOutsideChanged();
        Assert.Equal(model.Select(pair => $"{pair.Key}: {pair.Value}"), TreeListing.Of(place.Target).Select(Describe));
        return true;
    }

    private static string Describe(TreeEntry entry) => entry.Kind switch
    {
        FileKind.Directory => $"{entry.Path}: dir",
        FileKind.SymbolicLink => $"{entry.Path}: link {entry.Content}",
        _ => $"{entry.Path}: file {entry.Content}",
    };

    private static string Clean(string raw)
    {
        var parts = new List<string>();
        foreach (string part in raw.Split('/'))
        {
            if (part == "..")
            {
                parts.RemoveRange(Math.Max(0, parts.Count - 1), Math.Min(1, parts.Count));
            }
            else if (part is not ("" or "."))
            {
                parts.Add(part);
            }
        }

        return string.Join('/', parts);
    }

    private static IEnumerable<string> Parents(string path)
    {
        for (int slash = path.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = path.IndexOf('/', slash + 1))
        {
            yield return path[..slash];
        }
    }
}
