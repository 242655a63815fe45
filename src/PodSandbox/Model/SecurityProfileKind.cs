namespace Keelson.Sandboxes;

/// <summary>Kinds of profile; the numbers are the CRI's.</summary>
public enum SecurityProfileKind
{
    /// <summary>The one built in here.</summary>
    RuntimeDefault = 0,

    /// <summary>None.</summary>
    Unconfined = 1,

    /// <summary>One that the node's administrator has put there.</summary>
    Localhost = 2,
}
