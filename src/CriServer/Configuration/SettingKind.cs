namespace Keelson.CriServer.Configuration;

/// <summary>What a setting's text must look like.</summary>
internal enum SettingKind
{
    /// <summary>Any text.</summary>
    Text,

    /// <summary>One of a setting's <see cref="Setting.Choices"/>.</summary>
    Choice,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Flag,

    /// <summary>A whole number between <see cref="Setting.Minimum"/> and <see cref="Setting.Maximum"/>.</summary>
    Number,

    /// <summary>A positive number and a unit: <c>500ms</c>, <c>30s</c>, <c>5m</c>, <c>1h</c>.</summary>
    Duration,

    /// <summary>An absolute path without <c>.</c> and <c>..</c>.</summary>
    Path,

    /// <summary>An absolute http or https address.</summary>
    Address,

    /// <summary>A resource limit: <c>nofile=1024:524288</c>, <c>core=unlimited</c>.</summary>
    Rlimit,
}
