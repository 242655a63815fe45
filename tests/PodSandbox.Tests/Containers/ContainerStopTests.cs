using System.Diagnostics;
using Keelson.Sandboxes;

namespace Keelson.PodSandbox.Tests.Containers;

public sealed class ContainerStopTests
{
    [Fact]
    public async Task A_second_shorter_grace_shortens_the_first()
    {
        var stop = new ContainerStop(TimeSpan.FromHours(1));
        Task<bool> wait = stop.WaitAsync(new TaskCompletionSource().Task);
        stop.Shorten(TimeSpan.FromMilliseconds(20));
        Assert.False(await wait.WaitAsync(Samples.Patience));
    }

    [Fact]
    public async Task A_second_longer_grace_changes_nothing()
    {
        var stop = new ContainerStop(TimeSpan.FromMilliseconds(20));
        stop.Shorten(TimeSpan.FromHours(1));
        Assert.False(await stop.WaitAsync(new TaskCompletionSource().Task).WaitAsync(Samples.Patience));
    }

    [Fact]
    public async Task The_end_of_the_container_ends_the_wait()
    {
        var ended = new TaskCompletionSource();
        var stop = new ContainerStop(TimeSpan.FromDays(100_000));
        Task<bool> wait = stop.WaitAsync(ended.Task);
        ended.SetResult();
        Assert.True(await wait.WaitAsync(Samples.Patience));
    }

    [Fact]
    public async Task No_grace_is_no_wait()
    {
        var watch = Stopwatch.StartNew();
        Assert.False(await new ContainerStop(TimeSpan.Zero).WaitAsync(new TaskCompletionSource().Task).WaitAsync(Samples.Patience));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5));
    }
}
