using Keelson.Core;
using Keelson.Oci.Signals;

namespace Keelson.Runtime.Tests.Signals;

public class SignalTableTests
{
    [Theory]
    [InlineData("SIGTERM", 15)]
    [InlineData("term", 15)]
    [InlineData("9", 9)]
    [InlineData("SIGRTMIN+3", 37)]
    [InlineData("RTMAX-1", 63)]
    [InlineData(" sigquit ", 3)]
    public void Signals_are_read(string text, int number) => Assert.Equal(number, SignalTable.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("65")]
    [InlineData("-9")]
    [InlineData("SIGNONE")]
    [InlineData("SIGTERM+1")]
    [InlineData("SIGRTMIN+99")]
    [InlineData("SIGRTMIN+")]
    public void Others_are_refused(string text) => Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<KeelsonException>(() => SignalTable.Parse(text)).Kind);

    [Fact]
    public void Every_number_has_a_name_that_reads_back()
    {
        for (int signal = 1; signal <= 64; signal++)
        {
            if (signal is not (32 or 33))
            {
                Assert.Equal(signal, SignalTable.Parse(SignalTable.NameOf(signal)));
            }
        }
    }
}
