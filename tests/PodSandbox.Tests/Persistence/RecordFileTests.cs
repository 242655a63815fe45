using Keelson.Core;
using Keelson.Linux;
using Keelson.Sandboxes;

namespace Keelson.PodSandbox.Tests.Persistence;

public sealed class RecordFileTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly SandboxIdentity _identity = new(SandboxId.New(), Samples.Sandbox("web"), 1_700_000_000_000_000_000, "boot");

    private string Record => RecordFile.In(_directory.Path).Value;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void The_last_status_holds_and_nothing_is_replaced()
    {
        Create();
        int inodes = Directory.GetFileSystemEntries(_directory.Path.Value).Length;
        Append(SandboxState.NotReady);
        Append(SandboxState.Ready);
        Append(SandboxState.NotReady);

        Assert.Equal(SandboxState.NotReady, Read().Status.State);
        Assert.Equal(_identity.Id, Read().Identity.Id);
        Assert.Equal(5, File.ReadAllLines(Record).Length);
        Assert.Equal(inodes, Directory.GetFileSystemEntries(_directory.Path.Value).Length);
    }

    [Theory]
    [InlineData("{\"version\":1,\"content\":{\"state\":\"Not")]
    [InlineData("{")]
    public void What_a_crash_left_of_a_line_is_cut_off_and_the_next_one_is_whole(string half)
    {
        Create();
        File.AppendAllText(Record, half);

        Assert.Equal(SandboxState.Ready, Read().Status.State);
        Append(SandboxState.NotReady);
        Assert.Equal(SandboxState.NotReady, Read().Status.State);
        Assert.Equal(3, File.ReadAllLines(Record).Length);
    }

    [Fact]
    public void A_long_record_is_written_anew_with_its_last_status()
    {
        Create();
        int longest = 0;
        for (int i = 0; i < 2000; i++)
        {
            Append(i % 2 == 0 ? SandboxState.NotReady : SandboxState.Ready);
            longest = Math.Max(longest, (int)new FileInfo(Record).Length);
        }

        Assert.InRange(longest, RecordFile.CompactBytes / 2, RecordFile.CompactBytes);
        Assert.Equal(SandboxState.Ready, Read().Status.State);
        Assert.Equal([Record], Directory.GetFileSystemEntries(_directory.Path.Value));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("{\"version\":1}")]
    [InlineData("{\"version\":1}\n")]
    public void A_record_without_a_status_was_never_told_of(string? text)
    {
        if (text is not null)
        {
            File.WriteAllText(Record, text);
        }

        Assert.True(RecordFile.CountLines(_directory.Path) < 2);
        Assert.Equal(text is null ? ErrorKind.NotFound : ErrorKind.Internal, Assert.Throws<KeelsonException>(() => Read()).Kind);
    }

    [Fact]
    public void A_record_is_made_once_and_is_private()
    {
        Create();
        Assert.Equal(2, RecordFile.CountLines(_directory.Path));
        Assert.Null(ReadAnnounced());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Record));
        Assert.Contains("errno 17", Assert.Throws<LinuxException>(Create).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"version\":1,\"content\":{\"state\":\"Rea")]
    public void A_record_begins_with_the_identity_and_goes_on_whole_after_a_crash_in_its_first_status(string half)
    {
        RecordFile.Announce(_directory.Path, _identity, StateJson.Default.StateFileSandboxIdentity);
        Assert.Equal(1, RecordFile.CountLines(_directory.Path));
        File.AppendAllText(Record, half);

        Assert.Equal(_identity.Id, ReadAnnounced()!.Id);
        Append(SandboxState.NotReady);

        Assert.Equal((_identity.Id, SandboxState.NotReady), (Read().Identity.Id, Read().Status.State));
        Assert.Null(ReadAnnounced());
    }

    [Fact]
    public void Without_a_record_nothing_is_announced_and_a_damaged_one_is_an_error()
    {
        Assert.Null(ReadAnnounced());
        File.WriteAllText(Record, "{\n");
        Assert.Equal(ErrorKind.Internal, Assert.Throws<KeelsonException>(ReadAnnounced).Kind);
    }

    private SandboxIdentity? ReadAnnounced() => RecordFile.TryReadAnnounced(_directory.Path, StateJson.Default.StateFileSandboxIdentity);

    private void Create() => RecordFile.Create(
        _directory.Path, _identity, StateJson.Default.StateFileSandboxIdentity, new SandboxStatus { State = SandboxState.Ready }, StateJson.Default.StateFileSandboxStatus);

    private void Append(SandboxState state) =>
        RecordFile.Append(_directory.Path, new SandboxStatus { State = state }, StateJson.Default.StateFileSandboxStatus);

    private (SandboxIdentity Identity, SandboxStatus Status) Read() =>
        RecordFile.Read(_directory.Path, StateJson.Default.StateFileSandboxIdentity, StateJson.Default.StateFileSandboxStatus);
}
