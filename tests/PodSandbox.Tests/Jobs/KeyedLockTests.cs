using Keelson.Sandboxes;

namespace Keelson.PodSandbox.Tests.Jobs;

public sealed class KeyedLockTests
{
    private readonly KeyedLock<string> _locks = new();

    [Fact]
    public async Task One_key_excludes_and_another_does_not()
    {
        using KeyedLock<string>.Releaser held = await _locks.AcquireAsync("a", CancellationToken.None);
        Task<KeyedLock<string>.Releaser> second = _locks.AcquireAsync("a", CancellationToken.None).AsTask();
        using KeyedLock<string>.Releaser other = await _locks.AcquireAsync("b", CancellationToken.None).AsTask().WaitAsync(Samples.Patience);
        Assert.False(second.IsCompleted);
        held.Dispose();
        held.Dispose();
        (await second.WaitAsync(Samples.Patience)).Dispose();
    }

    [Fact]
    public async Task A_cancelled_wait_leaves_the_lock_usable()
    {
        using var cancel = new CancellationTokenSource();
        KeyedLock<string>.Releaser held = await _locks.AcquireAsync("a", CancellationToken.None);
        Task<KeyedLock<string>.Releaser> second = _locks.AcquireAsync("a", cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.WaitAsync(Samples.Patience));
        held.Dispose();
        (await _locks.AcquireAsync("a", CancellationToken.None).AsTask().WaitAsync(Samples.Patience)).Dispose();
    }
}
