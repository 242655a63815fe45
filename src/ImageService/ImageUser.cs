using System.Globalization;

namespace Keelson.Images;

/// <summary>
/// The user part of an image's <c>User</c>, as the kubelet checks <c>runAsNonRoot</c> with it: a number, a name, or
/// neither (root).
/// </summary>
/// <param name="Uid">Set when the user part is a number in range.</param>
/// <param name="Name">Set when it is anything else that is not empty.</param>
public readonly record struct ImageUser(long? Uid, string Name)
{
    /// <summary>Reads <c>user</c>, <c>uid</c>, <c>user:group</c> and <c>uid:gid</c>; the group is dropped.</summary>
    /// <remarks>
    /// Digits that do not fit a uid stay a name that no account has: never looked up as a number that wrapped around
    /// (CVE-2024-40635), and refused when a container is made of it (CVE-2026-46680).
    /// </remarks>
    public static ImageUser Parse(string user)
    {
        int colon = user.IndexOf(':', StringComparison.Ordinal);
        string name = colon < 0 ? user : user[..colon];
        return int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int uid)
            ? new ImageUser(uid, string.Empty)
            : new ImageUser(null, name);
    }
}
