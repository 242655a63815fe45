using Keelson.Linux;
using Keelson.Oci.Launch;
using Keelson.Oci.Launch.Building;
using Keelson.Oci.Launch.Engine;

namespace Keelson.Runtime.Tests.Launch;

public sealed class ForkCalliEngineTests : IDisposable
{
    private const int SIGKILL = 9;

    private readonly EngineHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Fact]
    public void A_plan_that_ends_in_execve_runs_the_program()
    {
        LaunchPlan plan = EngineHarness.Exec(new PlanBuilder(), "/bin/sh", "-c", "echo out; exit 7").Build();
        (int exit, string output) = _harness.Run(plan);
        Assert.Equal(7, exit);
        Assert.Equal("out\n", output);
    }

    [Fact]
    public void A_failed_step_is_named_with_its_errno()
    {
        PlanBuilder builder = new();
        builder.Add("chdir '/no/such/place'", "chdir", builder.Text("/no/such/place"));
        LaunchPlan plan = EngineHarness.Exec(builder, "/bin/true").Build();
        LaunchEngineResult result = _harness.Launch(plan);
        Assert.False(result.Launched);
        Assert.Equal((int)Errno.ENOENT, result.Errno);
        Assert.Equal("chdir '/no/such/place': No such file or directory (errno 2)", plan.DescribeFailure(result.FailedStep, result.Errno));
    }

    [Fact]
    public void A_failing_execve_is_told_like_any_step()
    {
        LaunchPlan plan = EngineHarness.Exec(new PlanBuilder(), "/no/such/program").Build();
        LaunchEngineResult result = _harness.Launch(plan);
        Assert.Equal("execve '/no/such/program': No such file or directory (errno 2)", plan.DescribeFailure(result.FailedStep, result.Errno));
    }

    [Fact]
    public void A_child_killed_in_mid_plan_is_not_taken_for_a_success()
    {
        PlanBuilder builder = new();
        PlanSlot pid = builder.NewSlot();
        builder.Add("getpid", "getpid").Into(pid);
        builder.Add("kill itself", "kill", pid, SIGKILL);
        LaunchPlan plan = EngineHarness.Exec(builder, "/bin/true").Build();
        LaunchEngineResult result = _harness.Launch(plan);
        Assert.False(result.Launched);
        Assert.Equal(0, result.Errno);
        Assert.Contains("died", plan.DescribeFailure(result.FailedStep, result.Errno), StringComparison.Ordinal);
        Assert.Equal("kill itself", plan.Steps[result.FailedStep]);
    }

    [Fact]
    public void A_child_that_hangs_is_killed_and_the_step_is_named()
    {
        PlanBuilder builder = new();
        builder.Add("pause for ever", "ppoll", 0, 0, 0, 0);
        LaunchPlan plan = EngineHarness.Exec(builder, "/bin/true").Build();
        LaunchEngineResult result = _harness.Launch(plan, timeoutMilliseconds: 100);
        Assert.Equal((int)Errno.ETIMEDOUT, result.Errno);
        Assert.Equal("pause for ever", plan.Steps[result.FailedStep]);
    }

    [Fact]
    public void Tolerated_errors_jump_and_success_falls_through()
    {
        PlanBuilder builder = new();
        PlanLabel absent = new();
        builder.Add("open what is absent", "openat", -100, builder.Text("/absent"), 0, 0).Tolerating(absent, Errno.EPERM, Errno.ENOENT);
        builder.Add("never", "chdir", builder.Text("/never"));
        builder.Mark(absent);
        PlanLabel present = new();
        builder.Add("open what is there", "openat", -100, builder.Text("/"), 0, 0).Then(present);
        builder.Add("never", "chdir", builder.Text("/never"));
        builder.Mark(present);
        builder.Add("any error will do", "chdir", builder.Text("/never")).Tolerating();
        Assert.Equal(0, _harness.Run(EngineHarness.Exec(builder, "/bin/true").Build()).ExitCode);
    }

    [Fact]
    public void A_comparison_that_fails_stops_the_plan()
    {
        PlanBuilder builder = new();
        PlanData room = builder.Bytes([0x2f, 0x61, 0, 0, 0, 0, 0, 0]);
        builder.AddCheck("first byte is a slash", room, 0xff, '/', Errno.EINVAL);
        builder.AddCheck("second byte is a b", room, 0xff00, 'b' << 8, Errno.EACCES);
        LaunchPlan plan = EngineHarness.Exec(builder, "/bin/true").Build();
        LaunchEngineResult result = _harness.Launch(plan);
        Assert.Equal("second byte is a b", plan.Steps[result.FailedStep]);
        Assert.Equal((int)Errno.EACCES, result.Errno);
    }

    [Fact]
    public void A_child_has_its_launchs_descriptors_and_no_other_from_its_first_step()
    {
        const int F_GETFD = 1;
        using SafeFd given = PlainFile.OpenDevice("/dev/null");
        SafeFd[] others = [.. Enumerable.Range(0, 3).Select(_ => PlainFile.OpenDevice("/dev/null"))];
        PlanBuilder builder = new();
        builder.Add("the extra one is there", "fcntl", new PlanSlot(PlanSlots.FirstExtra), F_GETFD);
        foreach (SafeFd other in others)
        {
            PlanLabel closed = new();
            builder.Add("another is not", "fcntl", other.Number, F_GETFD).Tolerating(closed, Errno.EBADF);
            builder.AddCheck($"descriptor {other.Number} is closed", builder.Text("x"), 0xff, 'y', Errno.EBUSY);
            builder.Mark(closed);
        }

        LaunchPlan plan = EngineHarness.Exec(builder, "/bin/true").Build();
        LaunchEngineResult result = _harness.Launch(plan, extra: given);
        Array.ForEach(others, other => other.Dispose());
        Assert.True(result.Launched, result.FailedStep >= 0 ? plan.DescribeFailure(result.FailedStep, result.Errno) : "?");
        EngineHarness.Wait(result);
    }

    [Theory]
    [InlineData("5 7 9", "3-4 6-6 8-8 10-")]
    [InlineData("9 5 7 5 -1 0 2", "3-4 6-6 8-8 10-")]
    [InlineData("3 4 5", "6-")]
    [InlineData("-1", "3-")]
    public unsafe void What_a_child_closes_first_is_all_around_its_own(string kept, string expected)
    {
        int[] numbers = [.. kept.Split(' ').Select(int.Parse)];
        FdRange[] ranges = new FdRange[ForeignDescriptors.MaxRanges(numbers.Length)];
        fixed (FdRange* first = ranges)
        {
            ForeignDescriptors.Write(first, numbers);
        }

        IEnumerable<FdRange> written = ranges.TakeWhile(range => range.First != 0);
        Assert.Equal(expected, string.Join(' ', written.Select(range => range.Last == uint.MaxValue ? $"{range.First}-" : $"{range.First}-{range.Last}")));
    }

    [Fact]
    public void A_short_write_is_a_failure_without_errno()
    {
        PlanBuilder builder = new();
        PlanSlot fd = builder.NewSlot();
        builder.Add("open", "openat", -100, builder.Text("/dev/null"), 0, 0).Into(fd);
        builder.Add("read of an empty device", "read", fd, builder.Scratch, 8).Whole();
        LaunchEngineResult result = _harness.Launch(EngineHarness.Exec(builder, "/bin/true").Build());
        Assert.False(result.Launched);
        Assert.Equal(0, result.Errno);
    }

    [Fact]
    public void A_cgroup_that_is_not_there_is_named_before_anything_runs()
    {
        PlanBuilder builder = new();
        builder.BornIn(Core.HostPath.Parse("/sys/fs/cgroup/no-such-group"));
        LaunchPlan plan = EngineHarness.Exec(builder, "/bin/true").Build();
        LaunchEngineResult result = _harness.Launch(plan);
        Assert.Equal("open cgroup '/sys/fs/cgroup/no-such-group': No such file or directory (errno 2)", plan.DescribeFailure(result.FailedStep, result.Errno));
    }

    [Theory]
    [Trait("CVE", "2021-43784")]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(6)]
    [InlineData(27)]
    public void An_image_with_a_wrong_header_is_refused(int corruptedByte)
    {
        byte[] image = EngineHarness.Exec(new PlanBuilder(), "/bin/true").Build().Image.ToArray();
        image[corruptedByte] ^= 0x7f;
        Assert.False(LaunchPlanImage.TryRead(image, out _));
        Assert.False(LaunchPlanImage.TryRead(image.AsMemory(0, 10), out _));
    }

    [Fact]
    public void A_plan_explains_itself()
    {
        PlanBuilder builder = new();
        PlanSlot fd = builder.NewSlot();
        PlanLabel end = new();
        builder.Add("open '/x'", "openat", -100, builder.Text("/x"), 0, 0).Into(fd).Tolerating(end, Errno.ENOENT);
        builder.Mark(end);
        string text = EngineHarness.Exec(builder, "/bin/true").Build().Explain();
        Assert.Contains("open '/x'  # openat(-100, \"/x\", 0, 0) -> s18 unless ENOENT goto 4", text, StringComparison.Ordinal);
        Assert.Contains("execve '/bin/true'", text, StringComparison.Ordinal);
    }
}
