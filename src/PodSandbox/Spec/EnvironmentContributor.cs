using System.Text;
using Keelson.Core;
using Keelson.Oci.Spec;

namespace Keelson.Sandboxes.Spec;

/// <summary>Environment variables: those of the image, then ours, then the request's; a later one replaces an earlier.</summary>
internal sealed class EnvironmentContributor : ISpecContributor
{
    private const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    public void Contribute(SpecDraft draft, SpecInputs inputs)
    {
        var order = new List<string>();
        var values = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        foreach (string entry in inputs.Image.Config.Environment)
        {
            EnvironmentEntry parsed = EnvironmentEntry.Parse(entry);
            Set(order, values, parsed.Name, parsed.Value);
        }

        SetDefault(order, values, "PATH", DefaultPath);
        string hostname = inputs.Sandbox.Config.Hostname.Length > 0 ? inputs.Sandbox.Config.Hostname : Environment.MachineName;
        Set(order, values, "HOSTNAME", Encoding.UTF8.GetBytes(hostname));
        if (inputs.Config.Terminal)
        {
            SetDefault(order, values, "TERM", "xterm");
        }

        foreach (EnvironmentVariable variable in inputs.Config.Environment)
        {
            Set(order, values, variable.Name, variable.Value);
        }

        SetDefault(order, values, "HOME", inputs.User.Home.Length > 0 ? inputs.User.Home : "/");
        draft.Process = draft.Process with { Env = [.. order.Select(name => new EnvironmentEntry(name, values[name]))] };
    }

    private static void SetDefault(List<string> order, Dictionary<string, ReadOnlyMemory<byte>> values, string name, string value)
    {
        if (!values.ContainsKey(name))
        {
            Set(order, values, name, Encoding.UTF8.GetBytes(value));
        }
    }

    private static void Set(List<string> order, Dictionary<string, ReadOnlyMemory<byte>> values, string name, ReadOnlyMemory<byte> value)
    {
        if (name.Length == 0 || name.AsSpan().ContainsAny('=', '\0') || value.Span.Contains((byte)0))
        {
            throw new KeelsonException(ErrorKind.InvalidArgument, $"environment variable '{name}': a name without '=' and a value without NUL are expected");
        }

        if (!values.ContainsKey(name))
        {
            order.Add(name);
        }

        values[name] = value;
    }
}
