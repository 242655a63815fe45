using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Keelson.Linux;
using Keelson.Shim.Stdio;
using Keelson.Shim.Tests.Support;

namespace Keelson.Shim.Tests.Stdio;

public sealed class CriLogWriterTests : IDisposable
{
    private readonly string _path = Path.Join(Path.GetTempPath(), Path.GetRandomFileName());
    private readonly NativeBuffer _output = new(4096);

    [Fact]
    public void Any_stream_in_any_pieces_comes_back_whole_and_no_line_is_over_the_limit()
    {
        // Small limits and an alphabet rich in newlines reach every edge.
        Gen<byte[]> pieces = Gen.Elements((byte)'\n', (byte)'a', (byte)'\r', (byte)0, (byte)0xff, (byte)' ').ArrayOf();
        Gen<(byte[][], int)> cases = pieces.ArrayOf().SelectMany(all => Gen.Choose(1, 12).Select(limit => (all, limit)));

        Prop.ForAll(cases.ToArbitrary(), test => RoundTrips(test.Item1, test.Item2)).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_line_of_exactly_the_limit_is_whole_and_one_byte_more_makes_two_pieces()
    {
        Assert.Equal([("stdout", "F", "abcd")], Write(4, "abcd\n"));
        Assert.Equal([("stdout", "P", "abcd"), ("stdout", "F", "e")], Write(4, "abcde\n"));
        Assert.Equal([("stdout", "P", "abcd"), ("stdout", "F", "e")], Write(4, "ab", "cd", "e", "\n"));
    }

    [Fact]
    public void The_last_content_without_a_newline_is_a_piece_and_an_empty_line_is_a_line()
    {
        Assert.Equal([("stdout", "F", ""), ("stdout", "P", "end")], Write(100, "\nend"));
        Assert.Empty(Write(100, ""));
    }

    [Fact]
    public void Lines_longer_than_the_output_buffer_are_written()
    {
        string line = new('y', 50_000);
        Assert.Equal([("stdout", "F", line)], Write(60_000, line + "\n"));
    }

    [Theory]
    [InlineData(0, "1970-01-01T00:00:00.000000000Z")]
    [InlineData(1475713029669794202, "2016-10-06T00:17:09.669794202Z")]
    [InlineData(1709208000000000001, "2024-02-29T12:00:00.000000001Z")]
    public void Timestamps_are_rfc3339_with_nine_digits(long nanoseconds, string expected) =>
        Assert.Equal(expected, Encoding.ASCII.GetString(new LogTimestamp().Format(nanoseconds)));

    [Fact]
    public void Writing_allocates_nothing()
    {
        using CriLogFile file = CriLogFile.TryOpen(_path, out _)!;
        var writer = new CriLogWriter(file, StreamName.Stdout, 16384, _output);
        byte[] content = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(new string('x', 99) + "\n", 20)) + "tail");
        long allocated = 0;
        for (int i = 0; i < 2000; i++)
        {
            // The first calls compile.
            allocated = i == 1000 ? GC.GetAllocatedBytesForCurrentThread() : allocated;
            writer.Write(content, i * 1_000_000_000L);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - allocated);
    }

    public void Dispose()
    {
        _output.Dispose();
        File.Delete(_path);
    }

    private bool RoundTrips(byte[][] pieces, int limit)
    {
        (string Stream, string Tag, string Content)[] lines = Write(limit, pieces);
        string joined = string.Concat(lines.Select(line => line.Content + (line.Tag == "F" ? "\n" : "")));
        return joined == Encoding.Latin1.GetString([.. pieces.SelectMany(piece => piece)]) && lines.All(line => line.Content.Length <= limit);
    }

    private (string Stream, string Tag, string Content)[] Write(int limit, params string[] pieces) =>
        Write(limit, [.. pieces.Select(Encoding.Latin1.GetBytes)]);

    /// <summary>Does what OutputPump does: the tail of one call goes before the next piece.</summary>
    private (string Stream, string Tag, string Content)[] Write(int limit, byte[][] pieces)
    {
        File.Delete(_path);
        using CriLogFile file = CriLogFile.TryOpen(_path, out _)!;
        var writer = new CriLogWriter(file, StreamName.Stdout, limit, _output);
        byte[] tail = [];
        foreach (byte[] piece in pieces)
        {
            byte[] content = [.. tail, .. piece];
            tail = content[^writer.Write(content, 1)..];
        }

        writer.End(tail, 2);
        return ShimHarness.ReadLog(_path);
    }
}
