namespace Keelson.CriServer.Tests.Contract;

/// <summary>The table of wire facts beside api.proto: one line each for every rpc, message, field and enum value.</summary>
internal static class CriFacts
{
    internal const string Header = "kind\towner\tname\tnumber\ttype\tlabel_or_response\tflags";

    internal static string Path => System.IO.Path.Combine(AppContext.BaseDirectory, "cri-v1.tsv");

    internal static IReadOnlyList<string> Load()
    {
        string[] lines = File.ReadAllLines(Path);
        Assert.Equal(Header, lines[0]);
        return lines[1..];
    }
}
