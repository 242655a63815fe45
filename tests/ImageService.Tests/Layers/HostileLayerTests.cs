using Keelson.Core;
using Keelson.Images.Layers;
using Keelson.Linux;
using Keelson.TestKit.Images;

namespace Keelson.ImageService.Tests.Layers;

/// <summary>Layers that want out of their directory. Each must fail, or land inside.</summary>
[Trait("needs", "root")]
public sealed class HostileLayerTests
{
    [SkippableTheory]
    [Trait("CVE", "2025-47290")]
    [InlineData("../outside/new")]
    [InlineData("../../../../../../../../outside/new")]
    [InlineData("/outside/new")]
    [InlineData("//./../outside//new")]
    [InlineData("a/b/../../../outside/new")]
    public async Task A_name_that_climbs_or_is_absolute_stays_inside(string name)
    {
        using var place = new Unpacking();
        await place.RunAsync(tar => tar.File(name, "x"));

        Assert.Equal("x", TreeListing.Find(place.Target, "outside/new")!.Content);
        place.AssertNothingOutsideChanged();
    }

    [SkippableTheory]
    [Trait("CVE", "2025-47290")]
    [InlineData("../outside")]
    [InlineData("/outside")]
    [InlineData("../../../../../outside")]
    public async Task A_file_below_a_link_to_outside_lands_inside(string target)
    {
        using var place = new Unpacking();
        await place.RunAsync(tar => tar.Symlink("link", target).File("link/victim", "overwritten", "4777"));

        Assert.Equal("overwritten", TreeListing.Find(place.Target, "outside/victim")!.Content);
        place.AssertNothingOutsideChanged();
    }

    [SkippableFact]
    [Trait("CVE", "2021-32760")]
    public async Task Mode_and_owner_of_a_link_to_outside_change_the_link_alone()
    {
        using var place = new Unpacking();
        await place.RunAsync(tar => tar
            .Symlink("link", place.Victim)
            .HardLink("second", "link")
            .Add(new TarEntry("second", '2') { LinkName = place.Victim, Mode = 0xFFF, Uid = 7, Gid = 7 })
            .Directory("d")
            .Symlink("d/link", "../../outside")
            .Directory("d/link", "0777", 9, 9));

        Assert.Equal(7u, TreeListing.Find(place.Target, "second")!.Uid);
        Assert.Equal(FileKind.Directory, TreeListing.Find(place.Target, "d/link")!.Kind);
        place.AssertNothingOutsideChanged();
    }

    [SkippableFact]
    [Trait("CVE", "2025-47290")]
    public async Task A_directory_exchanged_for_a_link_between_two_entries_leads_nowhere()
    {
        using var place = new Unpacking();
        await place.RunAsync(tar => tar
            .Directory("a")
            .File("a/first", "1")
            .Symlink("a", "../outside")
            .File("a/victim", "overwritten"));

        Assert.Equal(FileKind.SymbolicLink, TreeListing.Find(place.Target, "a")!.Kind);
        Assert.Equal("overwritten", TreeListing.Find(place.Target, "outside/victim")!.Content);
        place.AssertNothingOutsideChanged();
    }

    [SkippableTheory]
    [Trait("CVE", "2021-32760")]
    [InlineData("../outside/victim")]
    [InlineData("/outside/victim")]
    [InlineData("etc/../../outside/victim")]
    public async Task A_hard_link_to_outside_is_refused(string target)
    {
        using var place = new Unpacking();
        await place.RefusesAsync(
            ErrorKind.FailedPrecondition, "which is not in the layer", () => place.RunAsync(tar => tar.HardLink("got", target)));
    }

    [SkippableFact]
    [Trait("CVE", "2021-32760")]
    public async Task A_hard_link_through_a_link_to_outside_is_refused()
    {
        using var place = new Unpacking();
        await place.RefusesAsync(
            ErrorKind.FailedPrecondition,
            "which is not in the layer",
            () => place.RunAsync(tar => tar.Symlink("out", "../outside").HardLink("got", "out/victim").File("got", "overwritten")));
    }

    [SkippableFact]
    public async Task A_file_written_over_a_hard_link_to_a_link_replaces_it()
    {
        using var place = new Unpacking();
        await place.RunAsync(tar => tar.Symlink("link", place.Victim).HardLink("got", "link").File("got", "overwritten"));

        Assert.Equal("overwritten", TreeListing.Find(place.Target, "got")!.Content);
        place.AssertNothingOutsideChanged();
    }

    [SkippableFact]
    public async Task A_file_over_one_name_of_two_leaves_the_other_as_it_was()
    {
        using var place = new Unpacking();
        await place.RunAsync(tar => tar.File("a", "old").HardLink("b", "a").File("a", "new"));

        Assert.Equal("new", TreeListing.Find(place.Target, "a")!.Content);
        Assert.Equal("old", TreeListing.Find(place.Target, "b")!.Content);
    }

    [SkippableFact]
    public async Task A_link_that_leads_to_itself_ends_the_unpack()
    {
        using var place = new Unpacking();
        await place.RefusesAsync(
            ErrorKind.FailedPrecondition, "symbolic links", () => place.RunAsync(tar => tar.Symlink("a", "b").Symlink("b", "a").File("a/x", "1")));
    }

    [SkippableFact]
    public async Task A_file_below_a_file_is_refused()
    {
        using var place = new Unpacking();
        await place.RefusesAsync(
            ErrorKind.FailedPrecondition, "no directory", () => place.RunAsync(tar => tar.File("a", "1").File("a/b", "2")));
    }

    [SkippableFact]
    public async Task Overlayfs_attributes_of_an_image_are_dropped()
    {
        using var place = new Unpacking();
        await place.RunAsync(tar => tar.Add(new TarEntry("d/", '5')
        {
            Mode = 0x1ED,
            Attributes = new Dictionary<string, byte[]> { ["trusted.overlay.redirect"] = "/etc"u8.ToArray(), ["trusted.note"] = [1] },
        }));

        Assert.Equal("trusted.note=01;", TreeListing.Find(place.Target, "d")!.Attributes);
    }

    [SkippableTheory]
    [InlineData(".wh.")]
    [InlineData(".wh..")]
    [InlineData(".wh...")]
    [InlineData("a/.wh.b/c")]
    public async Task A_deletion_of_no_possible_name_is_refused(string name)
    {
        using var place = new Unpacking();
        await place.RefusesAsync(ErrorKind.FailedPrecondition, "deletion", () => place.RunAsync(tar => tar.File(name, string.Empty)));
    }

    [SkippableFact]
    [Trait("CVE", "2024-40635")]
    public async Task An_owner_that_chown_would_read_as_unchanged_is_refused()
    {
        using var place = new Unpacking();
        await place.RefusesAsync(
            ErrorKind.FailedPrecondition, "out of range", () => place.RunAsync(tar => tar.File("a", "1", "4755", uid: uint.MaxValue)));
    }

    [SkippableFact]
    public async Task A_control_character_in_a_name_does_not_reach_the_message()
    {
        using var place = new Unpacking();
        KeelsonException e = await Assert.ThrowsAnyAsync<KeelsonException>(
            () => place.RunAsync(tar => tar.HardLink("a\nforged: line", "missing\n")));

        Assert.DoesNotContain('\n', e.Message);
    }
}
