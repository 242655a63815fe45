namespace Keelson.TestKit;

public sealed partial class KeelsonDaemon
{
    private void WriteConfiguration()
    {
        Directory.CreateDirectory(NetworkConfigurationDirectory);
        if (!Options.WithoutNetwork)
        {
            File.WriteAllText($"{NetworkConfigurationDirectory}/10-test.conflist", Options.NetworkConfiguration ?? BridgeConfiguration());
        }

        File.WriteAllText(ConfigurationPath, $"""
            root: {Root}
            state: {State}
            cgroup_parent: {CgroupParent}
            spare_shim: {(Options.SpareShim ? "true" : "false")}
            cni:
              conf_dir: {NetworkConfigurationDirectory}
              bin_dirs: [{Options.PluginDirectory ?? "/usr/lib/cni"}]
              add_timeout: {Options.NetworkTimeout ?? "60s"}
              del_timeout: {Options.NetworkTimeout ?? "60s"}
            {Options.Configuration}
            """);
    }

    /// <summary>bridge, host-local and portmap on a subnet of this daemon alone.</summary>
    public string BridgeConfiguration() => $$"""
        {
          "cniVersion": "0.4.0",
          "name": "{{Bridge}}",
          "plugins": [
            {
              "type": "bridge", "bridge": "{{Bridge}}", "isGateway": true, "hairpinMode": true,
              "ipam": {
                "type": "host-local", "dataDir": "{{_work.HostPath}}/cni/addresses",
                "ranges": [[{ "subnet": "{{Subnet}}.0/24" }]], "routes": [{ "dst": "0.0.0.0/0" }]
              }
            },
            { "type": "portmap", "capabilities": { "portMappings": true } }
          ]
        }
        """;
}
