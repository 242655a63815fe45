namespace Keelson.CriServer.Tests.Support;

internal static class Waits
{
    internal static TimeSpan Patience { get; } = TimeSpan.FromSeconds(30);
}
