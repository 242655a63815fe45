namespace Keelson.Sandboxes;

/// <summary>Parts of an SELinux label.</summary>
public sealed record SelinuxOptions(string User, string Role, string Type, string Level);
