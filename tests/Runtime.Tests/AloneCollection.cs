namespace Keelson.Runtime.Tests;

/// <summary>Tests that measure the process they run in, which nothing else may use meanwhile.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "alone";
}
