namespace Keelson.CriTest;

/// <summary>One runtime under test, one test at a time: a test that measures or counts must not see another's pods.</summary>
[CollectionDefinition(Name)]
public sealed class CriCollection : ICollectionFixture<CriTarget>
{
    public const string Name = "cri";
}
