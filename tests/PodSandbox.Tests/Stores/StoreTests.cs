using System.Text.Json;
using Keelson.Core;
using Keelson.Linux;
using Keelson.Sandboxes;

namespace Keelson.PodSandbox.Tests.Stores;

public sealed class StoreTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly StateLayout _layout;

    public StoreTests()
    {
        _layout = new StateLayout(_directory.Path, _directory.Path.Child("run"));
        _layout.MakeDirectories();
    }

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_sandbox_comes_back_from_disk_as_it_was()
    {
        SandboxEntry entry = AddSandbox();
        entry.Update(status => status with { State = SandboxState.NotReady, Addresses = ["10.0.0.2", "fd00::2"] });

        SandboxSnapshot loaded = new SandboxStore(_layout).Load(entry.Id).Snapshot;

        Assert.Equal(Fingerprint.Of(entry.Snapshot.Config), Fingerprint.Of(loaded.Config));
        Assert.Equal(SandboxState.NotReady, loaded.State);
        Assert.Equal<string>(["10.0.0.2", "fd00::2"], loaded.Status.Addresses.ToArray());
        Assert.Equal("zwölf \"quoted\"", loaded.Config.Annotations["note"]);
        Assert.Equal(entry.Snapshot.CreatedAtNanoseconds, loaded.CreatedAtNanoseconds);
    }

    [Fact]
    public void A_container_comes_back_from_disk_with_the_bytes_of_its_environment()
    {
        var store = new ContainerStore(_layout);
        ContainerEntry entry = AddContainer(store, SandboxId.New());

        ContainerSnapshot loaded = new ContainerStore(_layout).Load(entry.Id).Snapshot;

        Assert.Equal(new byte[] { 0xff, 0x01, 0x41 }, loaded.Config.Environment[0].Value.ToArray());
        Assert.Equal(512, loaded.Config.Resources.CpuShares);
        Assert.Equal(HostPath.Parse("/layers/c"), loaded.Identity.Image.Layers[0].Directory);
        Assert.Equal<long>([5L], loaded.Identity.User.SupplementalGroups.ToArray());
    }

    [Fact]
    public void A_status_is_on_disk_before_it_is_visible()
    {
        SandboxEntry entry = AddSandbox();
        SandboxSnapshot before = entry.Snapshot;

        // The directory is gone: the write fails, and what readers see must be what the disk says.
        Directory.Delete(entry.Directory.Value, recursive: true);
        Assert.Throws<LinuxException>(() => entry.Update(status => status with { State = SandboxState.NotReady }));

        Assert.Same(before, entry.Snapshot);
    }

    [Fact]
    public void A_refused_step_changes_neither_memory_nor_disk()
    {
        SandboxEntry entry = AddSandbox();
        Assert.Throws<KeelsonException>(() => entry.Update(status => status with { State = SandboxState.Removing }));
        Assert.Equal(SandboxState.Ready, entry.Snapshot.State);
        Assert.Equal(SandboxState.Ready, new SandboxStore(_layout).Load(entry.Id).Snapshot.State);
    }

    [Fact]
    public void The_list_is_the_same_instance_until_something_changes()
    {
        var store = new SandboxStore(_layout);
        SandboxEntry entry = AddSandbox(store);
        SandboxSnapshot first = store.List(SandboxFilter.All)[0];
        Assert.Same(first, store.List(SandboxFilter.All)[0]);

        entry.Update(status => status with { State = SandboxState.NotReady });
        Assert.NotSame(first, store.List(SandboxFilter.All)[0]);
    }

    [Fact]
    public void A_filter_joins_its_conditions_with_and()
    {
        var store = new SandboxStore(_layout);
        SandboxEntry web = AddSandbox(store, "web");
        SandboxEntry other = AddSandbox(store, "other");
        other.Update(status => status with { State = SandboxState.NotReady });

        Assert.Equal(2, store.List(SandboxFilter.All).Length);
        Assert.Equal(web.Id, Assert.Single(store.List(new SandboxFilter { Ready = true })).Id);
        Assert.Equal(web.Id, Assert.Single(store.List(new SandboxFilter { IdPrefix = web.Id.Short })).Id);
        Assert.Empty(store.List(new SandboxFilter { Ready = true, Labels = Maps.Of([new("io.kubernetes.pod.name", "other")]) }));
        Assert.Empty(store.List(new SandboxFilter { IdPrefix = "no-such-id" }));
    }

    [Fact]
    public void A_prefix_finds_one_and_refuses_several()
    {
        var store = new SandboxStore(_layout);
        SandboxEntry entry = AddSandbox(store);
        Assert.Same(entry, store.FindByPrefix(entry.Id.Value));
        Assert.Same(entry, store.FindByPrefix(entry.Id.Short));
        Assert.Null(store.FindByPrefix("zzz"));
        Assert.Null(store.FindByPrefix(string.Empty));
        for (int i = 0; i < 17; i++)
        {
            AddSandbox(store, $"p{i}");
        }

        // Eighteen ids, sixteen first digits: two share one.
        string shared = store.All.GroupBy(s => s.Id.Value[..1]).First(group => group.Count() > 1).Key;
        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<KeelsonException>(() => store.FindByPrefix(shared)).Kind);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("""{"version":99,"content":{}}""")]
    [InlineData("""{"version":1}""")]
    public void A_damaged_record_is_an_error_that_names_the_file(string content)
    {
        SandboxEntry entry = AddSandbox();
        string record = RecordFile.In(entry.Directory).Value;
        File.WriteAllLines(record, [File.ReadLines(record).First(), content]);
        KeelsonException refused = Assert.Throws<KeelsonException>(() => new SandboxStore(_layout).Load(entry.Id));
        Assert.Contains("record.jsonl", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_record_under_another_id_is_refused()
    {
        SandboxEntry entry = AddSandbox();
        SandboxId other = SandboxId.New();
        Directory.Move(entry.Directory.Value, _layout.Sandbox(other).Value);
        Assert.Throws<KeelsonException>(() => new SandboxStore(_layout).Load(other));
    }

    [Fact]
    public void State_files_are_private()
    {
        SandboxEntry entry = AddSandbox();
        Assert.Equal((UnixFileMode)RecordFile.PrivateMode, File.GetUnixFileMode(RecordFile.In(entry.Directory).Value));
        Assert.Equal(StateDirectory.Mode, File.GetUnixFileMode(entry.Directory.Value));
    }

    [Fact]
    public void Layers_are_in_use_as_long_as_a_container_has_a_record()
    {
        var store = new ContainerStore(_layout);
        ContainerEntry entry = AddContainer(store, SandboxId.New());
        Assert.Equal([Digest.Parse("sha256:" + new string('c', 64))], store.ChainIdsInUse());
        store.Forget(entry.Id);
        Assert.Empty(store.ChainIdsInUse());
    }

    [Fact]
    public async Task An_end_wakes_those_who_wait_for_it()
    {
        var store = new ContainerStore(_layout);
        ContainerEntry entry = AddContainer(store, SandboxId.New());
        entry.Update(status => status with { State = ContainerState.Starting });
        entry.Update(status => status with { State = ContainerState.Running, Pid = 7 });
        Assert.False(entry.Ended.IsCompleted);
        entry.Update(status => status with { State = ContainerState.Exited, ExitCode = 3 });
        await entry.Ended.WaitAsync(Samples.Patience);
    }

    [Fact]
    public void The_environment_does_not_print_its_values()
    {
        Assert.DoesNotContain("secret", new EnvironmentVariable("TOKEN", "secret"u8.ToArray()).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_line_of_a_record_has_a_version()
    {
        SandboxEntry entry = AddSandbox();
        Assert.All(File.ReadLines(RecordFile.In(entry.Directory).Value), line =>
        {
            using JsonDocument document = JsonDocument.Parse(line);
            Assert.Equal(1, document.RootElement.GetProperty("version").GetInt32());
        });
    }

    private SandboxEntry AddSandbox(SandboxStore? store = null, string name = "web")
    {
        store ??= new SandboxStore(_layout);
        var identity = new SandboxIdentity(SandboxId.New(), Samples.Sandbox(name), 1_700_000_000_000_000_000, "boot");
        store.Announce(identity);
        return store.Add(identity, new SandboxStatus { State = SandboxState.Ready });
    }

    private ContainerEntry AddContainer(ContainerStore store, SandboxId sandbox)
    {
        ContainerIdentity identity = Samples.ContainerIdentity(sandbox);
        StateDirectory.Make(_layout.Container(identity.Id));
        return store.Add(identity, new ContainerStatus { State = ContainerState.Created });
    }
}
