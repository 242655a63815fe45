using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Keelson.Core;
using Keelson.Sandboxes;
using Keelson.Sandboxes.Users;

namespace Keelson.PodSandbox.Tests.Users;

public sealed class UserRulesTests
{
    private static readonly ImageAccounts Accounts = ImageAccounts.Parse(
        "root:x:0:0:root:/root:/bin/sh\n# comment\nbroken line\nweb:x:1000:1001::/home/web:/bin/sh\n4294967296:x:0:0::/:/bin/sh\n-1:x:0:0::/:/bin/sh\n+0:x:0:0::/:/bin/sh\nevil:x:5000000000:0::/:/bin/sh\n"u8,
        "root:x:0:\nweb:x:1001:\nextra:x:2000:web,other\nmore:x:2001:other\nbad:x:-1:web\n"u8);

    [Theory]
    [InlineData("", 0, 0, "/root")]
    [InlineData("0", 0, 0, "/root")]
    [InlineData("web", 1000, 1001, "/home/web")]
    [InlineData("1000", 1000, 1001, "/home/web")]
    [InlineData("1234", 1234, 0, "")]
    [InlineData("web:0", 1000, 0, "/home/web")]
    [InlineData("web:extra", 1000, 2000, "/home/web")]
    [InlineData("1234:5678", 1234, 5678, "")]
    [InlineData("2147483647", 2147483647, 0, "")]
    public void The_images_user_is_read(string user, long uid, long gid, string home)
    {
        ContainerUser resolved = UserRules.Resolve(new ContainerSecurityContext(), user, Accounts);
        Assert.Equal((uid, gid, home), (resolved.Uid, resolved.Gid, resolved.Home));
    }

    [Theory]
    [Trait("CVE", "2026-46680")]
    [Trait("CVE", "2024-40635")]
    [InlineData("nobody-here")]
    [InlineData("4294967296")] // Users of this NAME and of the next two are in the file and have uid 0.
    [InlineData("-1")]
    [InlineData("+0")]
    [InlineData("2147483648")]
    [InlineData("evil")]
    [InlineData("1000:nogroup")]
    [InlineData("1000:4294967296")]
    [InlineData("a:b:c")]
    public void A_user_that_cannot_be_resolved_is_refused(string user) =>
        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<KeelsonException>(() => UserRules.Resolve(new ContainerSecurityContext(), user, Accounts)).Kind);

    [Fact]
    [Trait("CVE", "2023-25173")]
    [Trait("CVE", "2022-2995")]
    public void Groups_are_the_primary_the_requests_and_with_merge_the_images()
    {
        var security = new ContainerSecurityContext { RunAsUser = 1000, RunAsGroup = 3000, SupplementalGroups = [4000, 3000] };
        long[] merged = [.. UserRules.Resolve(security, "ignored", Accounts).SupplementalGroups];
        Assert.Equal([3000, 4000, 2000], merged);
        long[] strict = [.. UserRules.Resolve(security with { SupplementalGroupsPolicy = SupplementalGroupsPolicy.Strict }, "ignored", Accounts).SupplementalGroups];
        Assert.Equal([3000, 4000], strict);
    }

    [Fact]
    public void Requests_that_contradict_themselves_are_refused()
    {
        foreach (ContainerSecurityContext bad in (ContainerSecurityContext[])
        [
            new() { RunAsGroup = 5 },
            new() { RunAsUser = 5, RunAsUserName = "web" },
            new() { RunAsUser = -1 },
            new() { RunAsUser = 1L << 31 },
            new() { RunAsUser = 1, RunAsGroup = 1L << 32 },
            new() { SupplementalGroups = [-5] },
        ])
        {
            Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<KeelsonException>(() => UserRules.Check(bad)).Kind);
        }

        UserRules.Check(new ContainerSecurityContext { RunAsUserName = "web", RunAsGroup = 5 });
    }

    [Fact]
    [Trait("CVE", "2024-40635")]
    public void Whatever_the_text_a_number_out_of_range_never_becomes_a_user() => Prop.ForAll(
        ArbMap.Default.ArbFor<string>(), ArbMap.Default.ArbFor<NonNull<string>>(), (user, passwd) =>
    {
        ImageAccounts accounts = ImageAccounts.Parse(Encoding.UTF8.GetBytes(passwd.Get), Encoding.UTF8.GetBytes(passwd.Get));
        try
        {
            ContainerUser resolved = UserRules.Resolve(new ContainerSecurityContext(), user ?? string.Empty, accounts);
            return resolved.Uid is >= 0 and <= NumericId.Max && resolved.Gid is >= 0 and <= NumericId.Max;
        }
        catch (KeelsonException refused)
        {
            return refused.Kind == ErrorKind.InvalidArgument;
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    [Trait("CVE", "2026-46680")]
    public void Digits_are_a_number_whatever_the_file_says() => Prop.ForAll(ArbMap.Default.ArbFor<PositiveInt>(), number =>
    {
        string digits = number.Get.ToString(System.Globalization.CultureInfo.InvariantCulture);
        ImageAccounts accounts = ImageAccounts.Parse(Encoding.UTF8.GetBytes($"{digits}:x:0:0::/:/bin/sh\n"), []);
        return UserRules.Resolve(new ContainerSecurityContext(), digits, accounts).Uid == number.Get;
    }).QuickCheckThrowOnFailure();

    [Fact]
    [Trait("CVE", "2026-47262")]
    [Trait("CVE", "2025-4437")]
    public void An_endless_file_is_read_to_its_bound_only()
    {
        byte[] endless = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("u:x:5:5::/:/\n", 200_000)));
        Assert.True(ImageAccounts.Parse(endless, []).Users.Entries.Length <= 100_000);
        byte[] longLine = Encoding.UTF8.GetBytes(new string('a', 1 << 20) + ":x:7:7::/:/\nweb:x:1:1::/:/\n");
        Assert.Equal("web", Assert.Single(ImageAccounts.Parse(longLine, []).Users.Entries).Name);
    }

    [Fact]
    [Trait("CVE", "2022-4318")]
    [Trait("CVE", "2026-15809")]
    public void A_home_with_control_characters_is_left_out() =>
        Assert.Empty(UserRules.Resolve(new ContainerSecurityContext(), "web", ImageAccounts.Parse("web:x:1:1::/home\u0001x:/bin/sh\n"u8, [])).Home);
}
