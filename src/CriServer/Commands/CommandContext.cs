namespace Keelson.CriServer.Commands;

/// <summary>What a command may touch of the process it runs in.</summary>
internal sealed record CommandContext
{
    /// <summary>Standard output, also for bytes that are no text.</summary>
    internal required Stream Out { get; init; }

    /// <summary>Standard error.</summary>
    internal required Stream Error { get; init; }

    /// <summary>Whether a person watches, so that progress may redraw itself.</summary>
    internal required bool Interactive { get; init; }

    /// <summary>Reads a variable of the environment.</summary>
    internal required Func<string, string?> Environment { get; init; }

    internal TimeProvider Time { get; init; } = TimeProvider.System;

    internal void WriteLine(string text) => Write(Out, text + "\n");

    internal void WriteErrorLine(string text) => Write(Error, text + "\n");

    internal void Write(string text) => Write(Out, text);

    private static void Write(Stream stream, string text)
    {
        stream.Write(System.Text.Encoding.UTF8.GetBytes(text));
        stream.Flush();
    }
}
