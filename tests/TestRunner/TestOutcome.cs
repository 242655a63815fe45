namespace Keelson.TestRunner;

/// <summary>What comes of a test, in the words of a .trx file.</summary>
internal enum TestOutcome
{
    /// <summary>It did what it says.</summary>
    Passed,

    /// <summary>It did not, or did not end.</summary>
    Failed,

    /// <summary>It was skipped, and said why.</summary>
    NotExecuted,
}
