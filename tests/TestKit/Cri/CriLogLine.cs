namespace Keelson.TestKit;

public sealed record CriLogLine(DateTimeOffset Time, string Stream, bool IsPartial, string Text);
