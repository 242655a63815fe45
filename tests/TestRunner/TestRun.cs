using System.Reflection;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Keelson.TestRunner;

/// <summary>Finds the tests of an assembly and runs the selected ones.</summary>
internal sealed class TestRun(Assembly assembly, TestSelection selection, Report report)
{
    /// <summary>A test that takes longer than this hangs: nothing after it would run any more.</summary>
    private static readonly TimeSpan TestTime = TimeSpan.FromSeconds(120);

    private static readonly TimeSpan DiscoveryTime = TimeSpan.FromSeconds(60);

    /// <summary>False when a test hung; the tests after it are missing from the report.</summary>
    internal bool Run()
    {
        using var framework = new XunitTestFramework(new Sink(_ => { }));
        List<ITestCase> cases = Discover(framework);
        Console.WriteLine($"{cases.Count} tests of {assembly.GetName().Name}");
        using ITestFrameworkExecutor executor = framework.GetExecutor(assembly.GetName());
        using var finished = new ManualResetEventSlim();
        executor.RunTests(cases, new Sink(message => Handle(message, finished)), RunOptions.OneByOne());
        while (!finished.Wait(TimeSpan.FromSeconds(1)))
        {
            if (report.RunningFor > TestTime)
            {
                report.Hang();
                return false;
            }
        }

        return true;
    }

    private List<ITestCase> Discover(XunitTestFramework framework)
    {
        List<ITestCase> cases = [];
        using ITestFrameworkDiscoverer discoverer = framework.GetDiscoverer(Reflector.Wrap(assembly));
        using var complete = new ManualResetEventSlim();
        discoverer.Find(false, new Sink(message =>
        {
            if (message is ITestCaseDiscoveryMessage found && selection.Includes(found.TestCase.DisplayName))
            {
                cases.Add(found.TestCase);
            }
            else if (message is IDiscoveryCompleteMessage)
            {
                complete.Set();
            }
        }), RunOptions.OneByOne());
        return complete.Wait(DiscoveryTime) ? cases : throw new TimeoutException("the tests could not be found in time");
    }

    private void Handle(IMessageSinkMessage message, ManualResetEventSlim finished)
    {
        switch (message)
        {
            case ITestStarting starting:
                report.Begin(starting.Test.DisplayName);
                break;
            case ITestPassed passed:
                report.End(new TestResult(passed.Test.DisplayName, TestOutcome.Passed, passed.ExecutionTime));
                break;
            case ITestSkipped skipped:
                report.End(new TestResult(skipped.Test.DisplayName, TestOutcome.NotExecuted, skipped.ExecutionTime, skipped.Reason));
                break;
            case ITestFailed failed:
                report.End(Failure(failed.Test.DisplayName, failed, failed.ExecutionTime));
                break;
            case IErrorMessage error:
                report.End(Failure("outside of a test", error, 0));
                break;
            case ITestClassCleanupFailure cleanup:
                report.End(Failure($"cleanup of {cleanup.TestClass.Class.Name}", cleanup, 0));
                break;
            case ITestCollectionCleanupFailure cleanup:
                report.End(Failure($"cleanup of {cleanup.TestCollection.DisplayName}", cleanup, 0));
                break;
            case ITestAssemblyFinished:
                finished.Set();
                break;
            default:
                break;
        }
    }

    private static TestResult Failure(string name, IFailureInformation failure, decimal seconds) => new(
        name, TestOutcome.Failed, seconds, string.Join("\n", failure.Messages), string.Join("\n", failure.StackTraces));

    /// <summary>A message sink of a function.</summary>
    private sealed class Sink(Action<IMessageSinkMessage> handle) : IMessageSink
    {
        public bool OnMessage(IMessageSinkMessage message)
        {
            handle(message);
            return true;
        }
    }
}
