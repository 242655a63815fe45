namespace Keelson.TestRunner;

/// <summary>How one test ended.</summary>
/// <param name="Name">Its full name, with its arguments.</param>
/// <param name="Outcome">What came of it.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Message">Why it failed or was skipped; else empty.</param>
/// <param name="StackTrace">Where it failed; else empty.</param>
internal sealed record TestResult(string Name, TestOutcome Outcome, decimal Seconds, string Message = "", string StackTrace = "");
