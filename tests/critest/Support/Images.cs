namespace Keelson.CriTest;

/// <summary>The further test images, which only the loopback registry of the test run has.</summary>
internal static class Images
{
    /// <summary>Pulls an image of the test registry and returns its id; skips where no such registry runs.</summary>
    public static async Task<string> PullAsync(CriTarget target, string name) =>
        (await target.PullAsync(Name(name))).ImageRef;

    public static string Name(string name)
    {
        string? registry = Environment.GetEnvironmentVariable("TEST_REGISTRY");
        Skip.If(registry is null, "needs the test images: TEST_REGISTRY names no registry");
        return $"{registry}/keelson/{name}";
    }
}
