namespace Keelson.Sandboxes.Users;

/// <summary>A line of group(5).</summary>
internal sealed record GroupEntry(string Name, long Gid, string[] Members)
{
    internal static GroupEntry? Parse(string[] fields) =>
        fields.Length >= 4 && fields[0].Length > 0 && NumericId.TryParse(fields[2], out long gid)
            ? new GroupEntry(fields[0], gid, fields[3].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            : null;
}
