namespace Keelson.Integration;

[CollectionDefinition(Name)]
public sealed class MachineCollection : ICollectionFixture<Machine>
{
    public const string Name = "machine";
}
