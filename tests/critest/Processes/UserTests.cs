namespace Keelson.CriTest.Processes;

public sealed class UserTests(CriTarget target) : CriTest(target)
{
    [Fact]
    public async Task It_is_root_by_default()
    {
        Assert.Equal("0:0", await IdAsync(_ => { }));
    }

    [Fact]
    public async Task A_number_is_a_user_with_the_primary_group_of_the_image()
    {
        Assert.Equal("1000:1000", await IdAsync(context => context.RunAsUser = new() { Value = 1000 }));
    }

    [Fact]
    public async Task A_number_the_image_does_not_know_has_group_0()
    {
        Assert.Equal("4321:0", await IdAsync(context => context.RunAsUser = new() { Value = 4321 }));
    }

    [Fact]
    public async Task User_and_group_may_both_be_numbers()
    {
        Assert.Equal("4321:8765", await IdAsync(context =>
        {
            context.RunAsUser = new() { Value = 4321 };
            context.RunAsGroup = new() { Value = 8765 };
        }));
    }

    [Fact]
    public async Task A_name_is_looked_up_in_the_image()
    {
        Assert.Equal("1000:1000", await IdAsync(context => context.RunAsUsername = "www"));
    }

    [Fact]
    public async Task A_name_the_image_does_not_know_is_refused()
    {
        Pod pod = await RunHostNetworkPodAsync();

        await FailsAsync(() => StartAsync(pod, Shell("true"), config => config.Linux.SecurityContext.RunAsUsername = "nobody-knows"));
    }

    [Fact]
    public async Task A_group_without_a_user_is_refused()
    {
        Pod pod = await RunHostNetworkPodAsync();

        await FailsAsync(() => StartAsync(pod, Shell("true"), config => config.Linux.SecurityContext.RunAsGroup = new() { Value = 50 }));
    }

    [Theory]
    [Trait("CVE", "2024-40635")]
    [InlineData(1L << 31)]
    [InlineData(1L << 32)]
    [InlineData((1L << 32) + 1000)]
    [InlineData(-1)]
    public async Task A_number_out_of_range_is_refused_and_never_root(long number)
    {
        Pod pod = await RunHostNetworkPodAsync();

        await FailsAsync(() => StartAsync(pod, Shell("id"), config => config.Linux.SecurityContext.RunAsUser = new() { Value = number }));
    }

    [Fact]
    public async Task Further_groups_are_added()
    {
        Pod pod = await RunHostNetworkPodAsync();

        string[] groups = (await RunAsync(pod, "id -G", config =>
        {
            config.Linux.SecurityContext.RunAsUser = new() { Value = 4321 };
            config.Linux.SecurityContext.SupplementalGroups.Add([1111, 2222]);
        })).Text.Split(' ');

        Assert.Contains("1111", groups);
        Assert.Contains("2222", groups);
    }

    [Fact]
    [Trait("CVE", "2022-2995")]
    public async Task Groups_of_the_images_user_are_kept()
    {
        Pod pod = await RunHostNetworkPodAsync();

        string[] groups = (await RunAsync(pod, "id -G", config => config.Linux.SecurityContext.RunAsUser = new() { Value = 1000 })).Text.Split(' ');

        Assert.Contains("50", groups);
        Assert.Contains("60", groups);
    }

    [SkippableFact]
    public async Task Groups_of_the_image_are_left_out_where_the_policy_is_strict()
    {
        SkipOn("containerd", "supplemental_groups_policy came with CRI 1.31");
        Pod pod = await RunHostNetworkPodAsync();

        string[] groups = (await RunAsync(pod, "id -G", config =>
        {
            config.Linux.SecurityContext.RunAsUser = new() { Value = 1000 };
            config.Linux.SecurityContext.SupplementalGroups.Add(70);
            config.Linux.SecurityContext.SupplementalGroupsPolicy = Cri.SupplementalGroupsPolicy.Strict;
        })).Text.Split(' ');

        Assert.DoesNotContain("50", groups);
        Assert.Contains("70", groups);
    }

    [SkippableFact]
    public async Task The_images_user_is_taken_where_none_is_given()
    {
        Pod pod = await RunHostNetworkPodAsync();
        string numeric = await Images.PullAsync(Target, "busybox:user");
        string named = await Images.PullAsync(Target, "busybox:named");

        Assert.Equal("1000:1000", (await RunAsync(pod, "echo $(id -u):$(id -g)", config => config.Image.Image = numeric)).Text);
        Assert.Equal("1000:60", (await RunAsync(pod, "echo $(id -u):$(id -g)", config => config.Image.Image = named)).Text);
    }

    [Fact]
    public async Task A_home_is_set_for_the_user()
    {
        Pod pod = await RunHostNetworkPodAsync();

        Assert.Contains("HOME=/root", (await RunAsync(pod, ["/bin/env"])).Lines);
        Assert.Contains("HOME=/home/www", (await RunAsync(pod, ["/bin/env"], config =>
            config.Linux.SecurityContext.RunAsUser = new() { Value = 1000 })).Lines);
    }

    private async Task<string> IdAsync(Action<Cri.LinuxContainerSecurityContext> change)
    {
        Pod pod = await RunHostNetworkPodAsync();
        return (await RunAsync(pod, "echo $(id -u):$(id -g)", config => change(config.Linux.SecurityContext))).Text;
    }
}
