namespace Keelson.Sandboxes.Users;

/// <summary>A line of passwd(5).</summary>
internal sealed record PasswdEntry(string Name, long Uid, long Gid, string Home)
{
    internal static PasswdEntry? Parse(string[] fields) =>
        fields.Length >= 6 && fields[0].Length > 0 && NumericId.TryParse(fields[2], out long uid) && NumericId.TryParse(fields[3], out long gid)
            ? new PasswdEntry(fields[0], uid, gid, fields[5])
            : null;
}
