using System.Text.RegularExpressions;

namespace Keelson.TestKit;

public sealed partial class KeelsonDaemon
{
    private readonly List<Regex> _expectedErrors = [];

    /// <summary>An error of the daemon's log that this test is about.</summary>
    public void ExpectError(string pattern) => _expectedErrors.Add(new Regex(pattern, RegexOptions.None, TimeSpan.FromSeconds(1)));

    /// <summary>What was logged and expected so far is another test's.</summary>
    public void ForgetLog()
    {
        _expectedErrors.Clear();
        _log.Clear();
    }

    /// <summary>An error line is a promise broken: a test that did not expect one has failed.</summary>
    public void AssertNoErrorsLogged()
    {
        string[] errors = [.. LogLines.Where(DaemonLog.IsError).Where(line => !_expectedErrors.Any(expected => expected.IsMatch(line)))];
        if (errors.Length > 0)
        {
            throw new InvalidOperationException($"the daemon logged errors:\n  {string.Join("\n  ", errors)}");
        }
    }
}
