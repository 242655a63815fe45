namespace Keelson.Sandboxes.Users;

/// <summary>An image's /etc/passwd and /etc/group; empty where it has none.</summary>
internal sealed record ImageAccounts(AccountFile<PasswdEntry> Users, AccountFile<GroupEntry> Groups)
{
    internal static ImageAccounts Parse(ReadOnlySpan<byte> passwd, ReadOnlySpan<byte> group) =>
        new(AccountFile<PasswdEntry>.Parse(passwd, PasswdEntry.Parse), AccountFile<GroupEntry>.Parse(group, GroupEntry.Parse));
}
