using System.Text;
using Keelson.Core;

namespace Keelson.Images.Layers;

/// <summary>
/// The kinds of failure of an unpack. FailedPrecondition: the layer is wrong, or not the bytes the manifest names.
/// ResourceExhausted: a bound of <see cref="LayerLimits"/>.
/// </summary>
internal static class LayerErrors
{
    private const int LongestName = 200;

    internal static KeelsonException Malformed(string what) => new(ErrorKind.FailedPrecondition, what);

    internal static KeelsonException Malformed(ReadOnlySpan<byte> entry, string what) =>
        new(ErrorKind.FailedPrecondition, $"entry '{Show(entry)}': {what}");

    internal static KeelsonException Corrupt(string what) => new(ErrorKind.FailedPrecondition, what);

    internal static KeelsonException TooMuch(string what) => new(ErrorKind.ResourceExhausted, what);

    /// <summary>A name from an archive in a message: control characters are replaced, so that it cannot forge a log line.</summary>
    internal static string Show(ReadOnlySpan<byte> name)
    {
        char[] text = Encoding.UTF8.GetChars((name.Length > LongestName ? name[..LongestName] : name).ToArray());
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsControl(text[i]))
            {
                text[i] = '?';
            }
        }

        return new string(text);
    }
}
