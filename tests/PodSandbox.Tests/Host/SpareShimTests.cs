using Keelson.Core;
using Keelson.Linux;
using Keelson.Oci.Cgroups;
using Keelson.Oci.Shims;
using Keelson.PodSandbox.Tests.Fakes;
using Keelson.Sandboxes.Host;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keelson.PodSandbox.Tests.Host;

public sealed class SpareShimTests : IShimEvents
{
    private readonly FakeShims _host = new();
    private readonly PodShims _shims;

    public SpareShimTests() => _shims = new PodShims(
        _host, this, new ShimGroup(new FakeCgroups(), CgroupPath.Parse("/keelson"), NullLogger.Instance), TimeSpan.FromMilliseconds(50), NullLogger.Instance);

    [Fact]
    public async Task The_next_sandbox_takes_over_the_shim_that_was_started_ahead()
    {
        await using SpareShim spare = Spare();
        SandboxId first = spare.TakeId();
        Assert.Null(_shims.TryGet(first));

        spare.Refill();
        await UntilAsync(() => _host.Running == 1);
        SandboxId id = spare.TakeId();

        IShim ready = await _shims.StartAsync(id, CancellationToken.None);
        Assert.Same(ready, _shims.Get(id));
        Assert.Equal(1, _host.Running);
        Assert.NotEqual(id, spare.TakeId());
    }

    [Fact]
    public async Task A_sandbox_that_comes_during_the_start_joins_it()
    {
        var begun = new TaskCompletionSource();
        var allowed = new TaskCompletionSource();
        _host.BeforeStart = () =>
        {
            begun.TrySetResult();
            return allowed.Task;
        };
        await using SpareShim spare = Spare();
        spare.Refill();
        await begun.Task.WaitAsync(Samples.Patience);

        SandboxId joined = spare.TakeId();
        Task<IShim> start = _shims.StartAsync(joined, CancellationToken.None);
        Assert.NotEqual(joined, spare.TakeId());
        Assert.False(start.IsCompleted);
        allowed.SetResult();

        Assert.Same(await start.WaitAsync(Samples.Patience), _shims.Get(joined));
        Assert.Equal(1, _host.Running);
    }

    [Fact]
    public async Task The_first_container_of_a_pod_ends_the_wait()
    {
        await using SpareShim spare = new(_shims, TimeSpan.FromHours(1), TimeSpan.FromSeconds(5), NullLogger.Instance);
        spare.Refill();
        await Task.Delay(50);
        Assert.Equal(0, _host.Running);

        spare.Hasten();

        await UntilAsync(() => _host.Running == 1);
    }

    [Fact]
    public async Task One_is_kept_and_no_more()
    {
        await using SpareShim spare = Spare();
        for (int i = 0; i < 10; i++)
        {
            spare.Refill();
        }

        await UntilAsync(() => _host.Running == 1);
        spare.Refill();
        await Task.Delay(50);
        Assert.Equal(1, _host.Running);
    }

    [Fact]
    public async Task One_that_died_while_it_waited_is_not_handed_out()
    {
        await using SpareShim spare = Spare();
        spare.Refill();
        await UntilAsync(() => _host.Running == 1);
        SandboxId dead = _host.Only;
        _host.Crash(dead);
        await UntilAsync(() => _shims.TryGet(dead) is null);

        Assert.NotEqual(dead, spare.TakeId());
    }

    [Fact]
    public async Task A_daemon_that_stops_leaves_none_behind()
    {
        SpareShim spare = Spare();
        spare.Refill();
        await UntilAsync(() => _host.Running == 1);
        await spare.DisposeAsync();
        Assert.Equal(0, _host.Running);

        SpareShim waiting = new(_shims, TimeSpan.FromHours(1), TimeSpan.FromSeconds(5), NullLogger.Instance);
        waiting.Refill();
        await waiting.DisposeAsync().AsTask().WaitAsync(Samples.Patience);
        Assert.Equal(0, _host.Running);
    }

    void IShimEvents.Exited(SandboxId sandbox, ProcessExit exit)
    {
    }

    void IShimEvents.ShimLost(SandboxId sandbox)
    {
    }

    private SpareShim Spare() => new(_shims, TimeSpan.Zero, TimeSpan.FromSeconds(5), NullLogger.Instance);

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (int i = 0; !condition(); i++)
        {
            Assert.True(i < 500, "it did not come about");
            await Task.Delay(10);
        }
    }
}
