using System.Collections.Immutable;
using Keelson.Core;

namespace Keelson.Sandboxes.Users;

/// <summary>Which numbers a container's first process gets, from the request, the image's USER and the image's files.</summary>
internal static class UserRules
{
    /// <summary>What can be said without looking into the image.</summary>
    /// <exception cref="KeelsonException">InvalidArgument.</exception>
    internal static void Check(ContainerSecurityContext security)
    {
        if (security.RunAsGroup is not null && security.RunAsUser is null && security.RunAsUserName.Length == 0)
        {
            throw Invalid("run_as_group needs run_as_user or run_as_username");
        }

        if (security.RunAsUser is not null && security.RunAsUserName.Length > 0)
        {
            throw Invalid("run_as_user and run_as_username exclude each other");
        }

        foreach (long id in (ReadOnlySpan<long>)[.. security.SupplementalGroups, security.RunAsUser ?? 0, security.RunAsGroup ?? 0])
        {
            if (id is < 0 or > NumericId.Max)
            {
                throw Invalid($"id {id} is not between 0 and {NumericId.Max}");
            }
        }
    }

    /// <exception cref="KeelsonException">InvalidArgument: no such user or group, or a number out of range.</exception>
    internal static ContainerUser Resolve(ContainerSecurityContext security, string imageUser, ImageAccounts accounts)
    {
        string userPart;
        string groupPart = string.Empty;
        if (security.RunAsUser is { } number)
        {
            userPart = number.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }
        else if (security.RunAsUserName.Length > 0)
        {
            userPart = security.RunAsUserName;
        }
        else
        {
            string[] parts = imageUser.Split(':');
            if (parts.Length > 2)
            {
                throw Invalid($"the image's user '{imageUser}' has more than one colon");
            }

            userPart = parts[0];
            groupPart = parts.Length == 2 ? parts[1] : string.Empty;
        }

        (long uid, PasswdEntry? entry) = User(userPart, accounts);
        long gid = security.RunAsGroup ?? (groupPart.Length > 0 ? Group(groupPart, accounts) : entry?.Gid ?? 0);
        return new ContainerUser
        {
            Uid = uid,
            Gid = gid,
            SupplementalGroups = Groups(security, gid, entry, accounts),
            Home = Home(entry),
        };
    }

    private static (long Uid, PasswdEntry? Entry) User(string text, ImageAccounts accounts)
    {
        if (text.Length == 0)
        {
            return (0, accounts.Users.Entries.FirstOrDefault(entry => entry.Uid == 0));
        }

        if (NumericId.IsSpelledAsNumber(text))
        {
            // Digits are a number, never a name that happens to be spelled with digits (CVE-2026-46680).
            return NumericId.TryParse(text, out long uid)
                ? (uid, accounts.Users.Entries.FirstOrDefault(entry => entry.Uid == uid))
                : throw Invalid($"user '{text}' is not between 0 and {NumericId.Max}");
        }

        PasswdEntry found = accounts.Users.Entries.FirstOrDefault(entry => entry.Name == text)
            ?? throw Invalid($"user '{text}': no such user in the image's /etc/passwd");
        return (found.Uid, found);
    }

    private static long Group(string text, ImageAccounts accounts)
    {
        if (NumericId.IsSpelledAsNumber(text))
        {
            return NumericId.TryParse(text, out long gid) ? gid : throw Invalid($"group '{text}' is not between 0 and {NumericId.Max}");
        }

        return (accounts.Groups.Entries.FirstOrDefault(entry => entry.Name == text)
            ?? throw Invalid($"group '{text}': no such group in the image's /etc/group")).Gid;
    }

    private static ImmutableArray<long> Groups(ContainerSecurityContext security, long gid, PasswdEntry? user, ImageAccounts accounts)
    {
        // The primary group is always among them: a file's group check looks at both, and so does everyone who reads id(1).
        List<long> groups = [gid];
        AddNew(groups, security.SupplementalGroups);
        if (security.SupplementalGroupsPolicy == SupplementalGroupsPolicy.Merge && user is not null)
        {
            foreach (GroupEntry entry in accounts.Groups.Entries.Where(entry => entry.Members.Contains(user.Name, StringComparer.Ordinal)))
            {
                AddNew(groups, [entry.Gid]);
            }
        }

        return [.. groups];
    }

    private static void AddNew(List<long> groups, ImmutableArray<long> more)
    {
        foreach (long group in more)
        {
            if (!groups.Contains(group))
            {
                groups.Add(group);
            }
        }
    }

    // The image wrote it, and it becomes an environment variable (CVE-2022-4318): no control characters.
    private static string Home(PasswdEntry? entry) =>
        entry is { Home: { Length: > 0 and <= 4096 } home } && home[0] == '/' && !home.Any(char.IsControl) ? home : string.Empty;

    private static KeelsonException Invalid(string message) => new(ErrorKind.InvalidArgument, message);
}
