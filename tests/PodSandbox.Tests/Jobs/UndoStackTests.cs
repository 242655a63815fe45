using Keelson.Core;
using Keelson.Sandboxes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keelson.PodSandbox.Tests.Jobs;

public sealed class UndoStackTests
{
    [Fact]
    public async Task Steps_are_undone_in_reverse_and_a_failing_one_does_not_stop_the_rest()
    {
        var order = new List<string>();
        await using var undo = new UndoStack(NullLogger.Instance, Samples.Patience);
        undo.Add("first", () => order.Add("first"));
        undo.Add("second", () => throw new KeelsonException(ErrorKind.Internal, "cannot"));
        undo.Add("third", () => order.Add("third"));

        string failure = Assert.Single(await undo.RunAsync());

        Assert.Equal(["third", "first"], order);
        Assert.Equal("second: cannot", failure);
    }

    [Fact]
    public async Task Nothing_is_undone_after_a_commit()
    {
        bool undone = false;
        await using (var undo = new UndoStack(NullLogger.Instance, Samples.Patience))
        {
            undo.Add("it", () => undone = true);
            undo.Commit();
        }

        Assert.False(undone);
    }

    [Fact]
    public async Task Undoing_has_a_deadline_of_its_own()
    {
        await using var undo = new UndoStack(NullLogger.Instance, TimeSpan.FromMilliseconds(50));
        undo.Add("hang", token => Task.Delay(Timeout.Infinite, token));
        Assert.Single(await undo.RunAsync().WaitAsync(Samples.Patience));
    }
}
