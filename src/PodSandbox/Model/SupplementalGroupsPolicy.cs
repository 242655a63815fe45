namespace Keelson.Sandboxes;

/// <summary>Whether groups of the image's /etc/group are added; the numbers are the CRI's.</summary>
public enum SupplementalGroupsPolicy
{
    /// <summary>Groups of the request and those that the image lists for the user.</summary>
    Merge = 0,

    /// <summary>Groups of the request only.</summary>
    Strict = 1,
}
