using System.Security.Cryptography;
using System.Text;

namespace Keelson.Core.Tests;

public sealed class DigestTests
{
    private const string Empty = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    [Fact]
    public void A_sha256_of_nothing_is_written_as_the_image_spec_writes_it()
    {
        Digest digest = Digest.FromSha256(SHA256.HashData(ReadOnlySpan<byte>.Empty));

        Assert.Equal(Empty, digest.Value);
        Assert.Equal("sha256", digest.Algorithm);
        Assert.Equal(64, digest.Hex.Length);
        Assert.Equal(digest, Digest.Parse(Empty));
    }

    [Fact]
    public void Sha512_is_read()
    {
        string text = "sha512:" + Convert.ToHexStringLower(SHA512.HashData(Encoding.UTF8.GetBytes("x")));

        Assert.Equal("sha512", Digest.Parse(text).Algorithm);
    }

    [Theory]
    [InlineData("")]
    [InlineData("sha256:")]
    [InlineData("sha256:E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855")]
    [InlineData("sha256:../../etc/passwd0000000000000000000000000000000000000000000000000")]
    [InlineData("md5:d41d8cd98f00b204e9800998ecf8427e")]
    [InlineData("sha512:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    public void Anything_else_is_no_digest(string text)
    {
        Assert.False(Digest.TryParse(text, out _));
        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<KeelsonException>(() => Digest.Parse(text)).Kind);
    }

    [Fact]
    public void A_hash_of_the_wrong_length_is_refused()
    {
        Assert.Throws<ArgumentException>(() => Digest.FromSha256(new byte[31]));
    }
}
