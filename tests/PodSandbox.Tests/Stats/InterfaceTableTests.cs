using Keelson.Sandboxes;
using Keelson.Sandboxes.Stats;

namespace Keelson.PodSandbox.Tests.Stats;

public sealed class InterfaceTableTests
{
    [Fact]
    public void Bytes_and_errors_are_read_in_both_directions()
    {
        const string Text = """
            Inter-|   Receive                                                |  Transmit
             face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
                lo:     176       2    0    0    0     0          0         0      176       2    0    0    0     0       0          0
              eth0: 18446744073709551615 9 3 4 5 6 7 8 2001 10 11 12 13 14 15 16
            a-longer.name0:1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16

            """;
        Assert.Equal<InterfaceCounters>(
            [
                new InterfaceCounters("lo", 176, 0, 176, 0),
                new InterfaceCounters("eth0", ulong.MaxValue, 3, 2001, 11),
                new InterfaceCounters("a-longer.name0", 1, 3, 9, 11),
            ],
            InterfaceTable.Parse(Text));
    }

    [Theory]
    [InlineData("")]
    [InlineData("eth0: 1 2 3")]
    [InlineData("eth0: a b c d e f g h i j k l m n o p")]
    public void A_line_that_is_not_understood_gives_no_interface(string text) => Assert.Empty(InterfaceTable.Parse(text));
}
