namespace Keelson.Shim.Hosting;

/// <summary>A descriptor's place in the <see cref="EventLoop"/>.</summary>
/// <param name="token">What its events carry; never 0.</param>
internal readonly struct Registration(ulong token)
{
    public ulong Token { get; } = token;

    public bool IsActive => Token != 0;
}
