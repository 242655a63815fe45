using System.Text;

namespace Keelson.CriServer.Commands.Output;

/// <summary>Columns of text, aligned with spaces: readable by people, and cut and awk.</summary>
internal sealed class Table(params string[] headings)
{
    private const int Gap = 3;

    private readonly List<string[]> _rows = [headings];

    internal void Add(params string[] cells) => _rows.Add(cells);

    public override string ToString()
    {
        var widths = new int[headings.Length];
        foreach (string[] row in _rows)
        {
            for (int column = 0; column < row.Length; column++)
            {
                widths[column] = Math.Max(widths[column], row[column].Length);
            }
        }

        var text = new StringBuilder();
        foreach (string[] row in _rows)
        {
            for (int column = 0; column < row.Length; column++)
            {
                bool last = column == row.Length - 1;
                text.Append(last ? row[column] : row[column].PadRight(widths[column] + Gap));
            }

            text.Append('\n');
        }

        return text.ToString();
    }
}
