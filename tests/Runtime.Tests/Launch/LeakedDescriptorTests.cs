using Keelson.Linux;
using Keelson.Linux.Native;
using Keelson.Oci.Launch;
using Keelson.Oci.Launch.Engine;
using Keelson.Oci.Spec;

namespace Keelson.Runtime.Tests.Launch;

/// <summary>Descriptors of the host's root that stay open over execve, as a careless library leaves them, and what a container gets of them.</summary>
[Trait("needs", "root")]
public sealed class LeakedDescriptorTests : IDisposable
{
    private const int F_SETFD = 2;

    private readonly EngineHarness _harness = new();
    private readonly List<SafeFd> _leaked = [];
    private TestContainer? _container;

    public void Dispose()
    {
        _leaked.ForEach(fd => fd.Dispose());
        _harness.Dispose();
        _container?.Dispose();
    }

    [SkippableFact]
    [Trait("CVE", "2024-21626")]
    public void A_working_directory_through_a_descriptor_of_the_host_is_refused()
    {
        TestContainer container = Start();

        // Given to the launch, or the child would close it first of all.
        SafeFd leaked = Leak()[0];
        string cwd = $"/proc/self/fd/{leaked.Number}";
        LaunchPlan plan = container.Compile(TestContainer.With(TestContainer.Shell("ls"), process => process with { Cwd = cwd }));
        LaunchEngineResult result = _harness.Launch(plan, extra: leaked);
        Assert.False(result.Launched, "the process runs in a directory of the host");
        Assert.Equal(($"'{cwd}' lies inside the root", (int)Errno.EPERM), (plan.Steps[result.FailedStep], result.Errno));
    }

    [SkippableFact]
    [Trait("CVE", "2024-21626")]
    public void No_number_of_a_descriptor_leads_to_the_host_not_even_one_of_the_launchs_own()
    {
        TestContainer container = Start();
        for (int number = 3; number < 48; number++)
        {
            RuntimeSpec spec = TestContainer.With(
                TestContainer.Shell($"for up in . .. ../.. ../../.. ../../../..; do ls -d $up{container.Path}; done 2>/dev/null"), process => process with { Cwd = $"/proc/self/fd/{number}" });
            PipePair pipe = PipePair.Create();
            LaunchEngineResult result;
            using (pipe.Write)
            {
                result = _harness.Launch(TestContainer.Compiler.CompileContainer(spec, container.NewContext(number)), pipe.Write);
            }

            using SafeFd read = pipe.Read;
            Assert.Equal(string.Empty, EngineHarness.ReadToEnd(read));
            if (result.Launched)
            {
                EngineHarness.Wait(result);
            }
        }
    }

    [SkippableTheory]
    [Trait("CVE", "2024-21626")]
    [InlineData(false)]
    [InlineData(true)]
    public void An_exec_is_refused_the_same(bool throughALinkOfTheContainer)
    {
        LaunchEngineResult container = _harness.Launch(Start().Compile(TestContainer.Spec("sleep", "30")));
        try
        {
            SafeFd leaked = Leak()[0];
            string cwd = $"/proc/self/fd/{leaked.Number}";
            if (throughALinkOfTheContainer)
            {
                // What was the container's working directory when it started is a link by now.
                File.CreateSymbolicLink($"/proc/{container.Pid}/root/work", cwd);
                cwd = "/work";
            }

            LaunchPlan plan = TestContainer.Compiler.CompileExec(TestContainer.Spec("true").Process! with { Cwd = cwd }, new ExecLaunchContext());
            LaunchEngineResult result = _harness.Launch(plan, target: container.PidFd, extra: leaked);
            Assert.False(result.Launched, "the process runs in a directory of the host");
            Assert.Equal(($"'{cwd}' lies inside the root", (int)Errno.EPERM), (plan.Steps[result.FailedStep], result.Errno));
        }
        finally
        {
            EngineHarness.Kill(container);
        }
    }

    [SkippableFact]
    [Trait("CVE", "2024-21626")]
    public void None_is_inherited_by_a_container_or_an_exec()
    {
        TestContainer test = Start();
        Leak();
        LaunchEngineResult container = _harness.Launch(test.Compile(TestContainer.Spec("sleep", "30")));
        LaunchPlan plan = TestContainer.Compiler.CompileExec(TestContainer.Spec("sleep", "30").Process!, new ExecLaunchContext());
        LaunchEngineResult exec = _harness.Launch(plan, target: container.PidFd);
        try
        {
            Assert.Equal(["0", "1", "2"], Descriptors(container));
            Assert.Equal(["0", "1", "2"], Descriptors(exec));
        }
        finally
        {
            EngineHarness.Kill(exec);
            EngineHarness.Kill(container);
        }
    }

    private static string[] Descriptors(LaunchEngineResult process)
    {
        Assert.True(process.Launched);
        return [.. Directory.GetFileSystemEntries($"/proc/{process.Pid}/fd").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
    }

    private List<SafeFd> Leak()
    {
        for (int i = 0; i < 8; i++)
        {
            SafeFd host = PlainFile.TryOpenDirectory("/", out Errno _)!;
            Assert.Equal(0, LibC.fcntl(host, F_SETFD, 0));
            _leaked.Add(host);
        }

        return _leaked;
    }

    private TestContainer Start()
    {
        RootOnly.Require();
        return _container ??= new TestContainer();
    }
}
