namespace Keelson.Sandboxes;

/// <summary>A range of a user namespace's map.</summary>
public sealed record IdMapping(uint HostId, uint ContainerId, uint Length);
