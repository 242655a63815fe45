namespace Keelson.Linux.Tests;

/// <summary>Tests that change owners or mount.</summary>
internal static class Root
{
    internal static void SkipUnlessRoot() => Skip.If(ProcessAttributes.EffectiveUserId != 0, "needs root: owners, devices and mounts");
}
