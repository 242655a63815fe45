using FsCheck;
using FsCheck.Fluent;
using Keelson.Core;
using Keelson.Images.References;

namespace Keelson.ImageService.Tests.References;

public sealed class ImageReferenceTests
{
    private const string Hex = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("busybox", "docker.io/library/busybox:latest")]
    [InlineData("busybox:1.36", "docker.io/library/busybox:1.36")]
    [InlineData("team/app", "docker.io/team/app:latest")]
    [InlineData("docker.io/busybox", "docker.io/library/busybox:latest")]
    [InlineData("index.docker.io/busybox", "docker.io/library/busybox:latest")]
    [InlineData("docker.io/library/busybox", "docker.io/library/busybox:latest")]
    [InlineData("localhost/app", "localhost/app:latest")]
    [InlineData("localhost:5000/app", "localhost:5000/app:latest")]
    [InlineData("127.0.0.1:5000/a/b/c:x", "127.0.0.1:5000/a/b/c:x")]
    [InlineData("registry.example/app", "registry.example/app:latest")]
    [InlineData("registry.example:443/app:V1.2_3-4", "registry.example:443/app:V1.2_3-4")]
    [InlineData("Registry/app", "Registry/app:latest")]
    [InlineData("[::1]:5000/app", "[::1]:5000/app:latest")]
    [InlineData("busybox@sha256:" + Hex, "docker.io/library/busybox@sha256:" + Hex)]
    [InlineData("busybox:1@sha256:" + Hex, "docker.io/library/busybox:1@sha256:" + Hex)]
    [InlineData("a__b/c-d/e--f.g", "docker.io/a__b/c-d/e--f.g:latest")]
    [InlineData("sha256:" + Hex, "docker.io/library/sha256:" + Hex)]
    public void Normalises_like_the_field(string text, string normalised) =>
        Assert.Equal(normalised, ImageReference.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("Busybox")]
    [InlineData("busybox:")]
    [InlineData("busybox:.tag")]
    [InlineData("busybox: tag")]
    [InlineData("busybox@")]
    [InlineData("busybox@sha256:1234")]
    [InlineData("busybox@md5:" + Hex)]
    [InlineData("busybox@sha256:" + Hex + "@sha256:" + Hex)]
    [InlineData("a//b")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a/../b")]
    [InlineData("a/./b")]
    [InlineData("a___b")]
    [InlineData("a..b/c..d")]
    [InlineData("-a")]
    [InlineData("a-")]
    [InlineData("localhost:/a")]
    [InlineData("localhost:99999/a")]
    [InlineData("localhost:5000")]
    [InlineData("registry.example/")]
    [InlineData("http://registry.example/a")]
    [InlineData("registry.example/a?b=c")]
    [InlineData("registry.example/a#b")]
    [InlineData("user@registry.example/a")]
    [InlineData("user:pw@registry.example/a")]
    [InlineData("registry.example/a\r\nHost: evil")]
    [InlineData("registry.example/%2e%2e/a")]
    [InlineData("registry.exa\u043cple/a")]
    [InlineData(Hex)]
    public void A_malformed_reference_is_an_invalid_argument(string text)
    {
        if (text == "localhost:5000")
        {
            // The grammar reads it as repository and tag, as everybody does.
            Assert.Equal("docker.io/library/localhost:5000", ImageReference.Parse(text).ToString());
            return;
        }

        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<KeelsonException>(() => ImageReference.Parse(text)).Kind);
    }

    [Fact]
    public void Names_and_tags_have_the_lengths_of_the_field()
    {
        Assert.True(ImageReference.TryParse("a:" + new string('t', 128), out _, out _));
        Assert.False(ImageReference.TryParse("a:" + new string('t', 129), out _, out _));
        Assert.False(ImageReference.TryParse("r.example/" + new string('a', 250), out _, out _));
    }

    [Fact]
    public void A_message_about_a_malformed_reference_is_one_short_printable_line()
    {
        string text = "a\n\u001b[31m" + new string('x', 10_000);
        string message = Assert.Throws<KeelsonException>(() => ImageReference.Parse(text)).Message;
        Assert.DoesNotContain(message, char.IsControl);
        Assert.True(message.Length < 600, message);
    }

    [Fact]
    public void What_was_normalised_stays_as_it_is()
    {
        Gen<string> word = Gen.Elements("a", "b1", "team", "x.y", "k8s", "foo-bar", "a_b", "a__b");
        Gen<string> host = Gen.Elements("", "docker.io/", "localhost/", "localhost:5000/", "r.example/", "127.0.0.1:80/", "Reg:1/");
        Gen<string> suffix = Gen.Elements("", ":1", ":latest", "@sha256:" + Hex, ":v_1.2-3@sha256:" + Hex);
        Gen<string> reference =
            from h in host
            from words in word.NonEmptyListOf()
            from s in suffix
            select h + string.Join('/', words.Take(4)) + s;

        Prop.ForAll(reference.ToArbitrary(), text =>
        {
            ImageReference first = ImageReference.Parse(text);
            ImageReference second = ImageReference.Parse(first.ToString());
            return first == second && first.ToString() == second.ToString();
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Any_text_is_read_or_refused_and_never_becomes_another_address()
    {
        Gen<char> letter = Gen.Elements("ab01AB./:@-_[]%?#\\ \r\n~".ToCharArray());
        Prop.ForAll(letter.ListOf().ToArbitrary(), letters =>
        {
            string text = new([.. letters]);
            if (!ImageReference.TryParse(text, out ImageReference? reference, out _))
            {
                return true;
            }

            // What goes into a URL must keep the host it was read with and add no query, fragment or user.
            var url = new Uri($"https://{reference!.Host}/v2/{reference.Repository}/manifests/{reference.Target}");
            return url.UserInfo.Length == 0 && url.Query.Length == 0 && url.Fragment.Length == 0
                && url.AbsolutePath == $"/v2/{reference.Repository}/manifests/{reference.Target}";
        }).QuickCheckThrowOnFailure();
    }
}
