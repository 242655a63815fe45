namespace Keelson.Integration.Devices;

/// <summary>Devices of the Container Device Interface, from a directory that the configuration names.</summary>
public sealed class CdiTests(Machine machine) : DaemonTest(machine)
{
    private const string Show = """
        echo "$VENDOR $DEVICE"; cat /opt/vendor/driver; ls -ln /dev/cdi-null | cut -c1-10
        head -c3 /dev/cdi-zero | tr '\0' z; echo; echo x > /dev/cdi-null && echo written
        touch /opt/vendor/new 2>/dev/null || echo read-only; id -G
        """;

    // Drivers behind the kernel's major number 10 that anyone may open, and that no container has by itself.
    private static readonly string[] s_harmless = ["fuse", "loop-control", "autofs", "vga_arbiter"];

    [SkippableFact]
    public async Task A_container_gets_what_the_files_of_its_devices_say()
    {
        await StartWithDirectoryAsync();
        Pod pod = await RunPodAsync();
        Files.Write("driver/driver", "driver\n");
        Files.Write("cdi/vendor.json", $$"""
            {
              "cdiVersion": "0.6.0", "kind": "vendor.com/device",
              "containerEdits": {
                "env": ["VENDOR=set"],
                "mounts": [ { "hostPath": "{{Files.HostPath}}/driver", "containerPath": "/opt/vendor", "options": ["ro", "nosuid", "nodev", "bind"] } ]
              },
              "devices": [ { "name": "null", "containerEdits": {
                "env": ["DEVICE=null"], "deviceNodes": [ { "path": "/dev/cdi-null", "hostPath": "/dev/null", "fileMode": 384 } ] } } ]
            }
            """);
        Files.Write("cdi/other.yaml", """
            cdiVersion: 0.7.0
            kind: other.com/device
            devices:
            - name: zero
              containerEdits:
                deviceNodes:
                - path: /dev/cdi-zero
                  hostPath: /dev/zero
                  permissions: r
                  fileMode: 0444
                additionalGids: [4321]
            """);

        Running container = await StartAsync(pod, "sleep 60", config =>
        {
            config.CDIDevices.Add(new Cri.CDIDevice { Name = "vendor.com/device=null" });
            config.Annotations.Add("cdi.k8s.io/plugin", "vendor.com/device=null,other.com/device=zero");
        });

        string[] lines = (await OutputOfAsync(container.Id, Show)).Split('\n');
        Assert.Equal(["set null", "driver", "crw-------", "zzz", "written"], lines[..5]);
        Assert.Equal("read-only", lines[5]);
        Assert.Contains("4321", lines[6].Split(' '));
    }

    [SkippableFact]
    public async Task A_device_that_no_file_defines_is_refused_until_one_does()
    {
        await StartWithDirectoryAsync();
        Pod pod = await RunPodAsync();
        void WithDevice(Cri.ContainerConfig config) => config.CDIDevices.Add(new Cri.CDIDevice { Name = "vendor.com/device=later" });

        CriException e = await FailsAsync(() => StartAsync(pod, "true", WithDevice));

        Assert.Equal(CriStatus.InvalidArgument, e.Status);
        Assert.Contains("unresolvable CDI devices vendor.com/device=later", e.Detail, StringComparison.Ordinal);
        Assert.Contains($"{Files.HostPath}/cdi", e.Detail, StringComparison.Ordinal);
        Assert.Empty((await Client.ListContainersAsync(new())).Containers);
        Files.Write("cdi/vendor.json", """
            { "cdiVersion": "0.3.0", "kind": "vendor.com/device", "devices": [ { "name": "later", "containerEdits": { "env": ["DEVICE=later"] } } ] }
            """);
        Running container = await StartAsync(pod, "test \"$DEVICE\" = later", WithDevice);
        Assert.Equal(0, (await ExitOfAsync(container.Id)).ExitCode);
    }

    [SkippableFact]
    public async Task A_device_can_be_used_as_its_file_permits()
    {
        string[]? device = File.ReadLines("/proc/misc")
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .FirstOrDefault(words => s_harmless.Contains(words[1]));
        Skip.If(device is null, $"the kernel has none of the devices {string.Join(", ", s_harmless)}");
        await StartWithDirectoryAsync();
        Pod pod = await RunPodAsync();
        Files.Write("cdi/vendor.json", $$"""
            {
              "cdiVersion": "0.3.0", "kind": "vendor.com/device",
              "devices": [ { "name": "it", "containerEdits": {
                "deviceNodes": [ { "path": "/dev/it", "type": "c", "major": 10, "minor": {{device[0]}}, "permissions": "r" } ] } } ]
            }
            """);

        Running container = await StartAsync(pod, "sleep 60", config => config.CDIDevices.Add(new Cri.CDIDevice { Name = "vendor.com/device=it" }));

        Assert.Equal("read", await OutputOfAsync(container.Id, "(exec 3</dev/it) 2>/dev/null && echo read; (exec 3>/dev/it) 2>/dev/null && echo written; true"));
    }

    private Task StartWithDirectoryAsync() =>
        StartDaemonAsync(new DaemonOptions { Configuration = $"cdi: {{ spec_dirs: [{Files.HostPath}/cdi] }}" });
}
