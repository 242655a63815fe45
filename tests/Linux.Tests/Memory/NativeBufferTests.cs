namespace Keelson.Linux.Tests.Memory;

public sealed class NativeBufferTests
{
    [Fact]
    public void It_is_a_queue_of_bytes_whatever_the_order_of_calls()
    {
        var random = new Random(7);
        for (int round = 0; round < 50; round++)
        {
            using var buffer = new NativeBuffer(1);
            var model = new List<byte>();
            for (int step = 0; step < 200; step++)
            {
                switch (random.Next(6))
                {
                    case 0:
                        byte[] added = new byte[random.Next(9000)];
                        random.NextBytes(added);
                        buffer.Append(added);
                        model.AddRange(added);
                        break;
                    case 1:
                        int consumed = random.Next(model.Count + 1);
                        buffer.Consume(consumed);
                        model.RemoveRange(0, consumed);
                        break;
                    case 4:
                        int dropped = random.Next(model.Count + 1);
                        buffer.Shorten(dropped);
                        model.RemoveRange(model.Count - dropped, dropped);
                        break;
                    case 2:
                        buffer.Reserve(random.Next(20_000));
                        break;
                    case 3:
                        int advanced = Math.Min(random.Next(50), buffer.Free.Length);
                        buffer.Free[..advanced].Fill(9);
                        buffer.Advance(advanced);
                        model.AddRange(Enumerable.Repeat((byte)9, advanced));
                        break;
                    default:
                        if (random.Next(20) == 0)
                        {
                            buffer.GiveBack();
                            model.Clear();
                        }

                        break;
                }

                Assert.True(buffer.Content.SequenceEqual(model.ToArray()));
            }
        }
    }

    [Fact]
    public void What_is_shortened_gives_its_pages_back()
    {
        using var buffer = new NativeBuffer(64 * 4096);
        buffer.Free.Fill(7);
        buffer.Advance(64 * 4096);
        buffer.Shorten((60 * 4096) + 5);

        // Pages that were given back come again as zeros; the one that is still in use keeps its bytes.
        Assert.Equal(7, buffer.Free[0]);
        Assert.Equal(-1, buffer.Free[4096..].IndexOfAnyExcept((byte)0));
        Assert.Equal(-1, buffer.Content.IndexOfAnyExcept((byte)7));
    }

    [Fact]
    public void More_than_there_is_cannot_be_taken_or_claimed()
    {
        using var buffer = new NativeBuffer(4096);
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Consume(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Shorten(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Advance(4097));
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Advance(-1));
    }
}
