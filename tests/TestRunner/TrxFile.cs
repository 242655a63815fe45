using System.Globalization;
using System.Xml;

namespace Keelson.TestRunner;

/// <summary>Writes the part of Visual Studio's test results format that readers of test results look at.</summary>
internal static class TrxFile
{
    private const string Namespace = "http://microsoft.com/schemas/VisualStudio/TeamTest/2010";

    internal static void Write(string path, IReadOnlyCollection<TestResult> results)
    {
        using XmlWriter xml = XmlWriter.Create(path, new XmlWriterSettings { Indent = true, CheckCharacters = false });
        xml.WriteStartElement("TestRun", Namespace);
        xml.WriteStartElement("Results", Namespace);
        foreach (TestResult result in results)
        {
            Write(xml, result);
        }

        xml.WriteEndElement();
        xml.WriteStartElement("ResultSummary", Namespace);
        xml.WriteStartElement("Counters", Namespace);
        int skipped = results.Count(result => result.Outcome == TestOutcome.NotExecuted);
        Attribute(xml, "total", results.Count);
        Attribute(xml, "executed", results.Count - skipped);
        Attribute(xml, "passed", results.Count(result => result.Outcome == TestOutcome.Passed));
        Attribute(xml, "failed", results.Count(result => result.Outcome == TestOutcome.Failed));
        xml.WriteEndElement();
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static void Write(XmlWriter xml, TestResult result)
    {
        xml.WriteStartElement("UnitTestResult", Namespace);
        xml.WriteAttributeString("testName", result.Name);
        xml.WriteAttributeString("outcome", result.Outcome.ToString());
        xml.WriteAttributeString("duration", TimeSpan.FromSeconds((double)result.Seconds).ToString("c", CultureInfo.InvariantCulture));
        if (result.Message.Length > 0)
        {
            xml.WriteStartElement("Output", Namespace);
            xml.WriteStartElement("ErrorInfo", Namespace);
            xml.WriteElementString("Message", Namespace, result.Message);
            xml.WriteElementString("StackTrace", Namespace, result.StackTrace);
            xml.WriteEndElement();
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static void Attribute(XmlWriter xml, string name, int value) =>
        xml.WriteAttributeString(name, value.ToString(CultureInfo.InvariantCulture));
}
