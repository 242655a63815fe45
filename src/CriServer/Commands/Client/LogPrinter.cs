namespace Keelson.CriServer.Commands.Client;

/// <summary>Writes log entries to where the container wrote them, putting split lines together again.</summary>
internal sealed class LogPrinter(CommandContext context, bool timestamps)
{
    private readonly bool[] _withinLine = new bool[2];

    internal void Print(LogEntry entry)
    {
        Stream target = entry.IsError ? context.Error : context.Out;
        ref bool withinLine = ref _withinLine[entry.IsError ? 1 : 0];
        if (timestamps && !withinLine)
        {
            target.Write(System.Text.Encoding.ASCII.GetBytes(entry.Time + " "));
        }

        target.Write(entry.Text.Span);
        if (entry.IsWhole)
        {
            target.WriteByte((byte)'\n');
        }

        withinLine = !entry.IsWhole;
    }
}
